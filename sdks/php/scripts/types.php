<?php

// Writes src/Types from the server's OpenAPI document on standard input; with --check it says what differs and exits with 1.
//
//     python -c 'import json; from web.app import create_app; print(json.dumps(create_app(None).openapi()))' | php sdks/php/scripts/types.php

declare(strict_types=1);

const OPERATIONS = ['actions.', 'connectors.', 'contracts.', 'customers.', 'deliveries.', 'events.', 'me.', 'runs.', 'tickets.', 'tools.', 'webhooks.'];
const NOTE = "/** Made from the OpenAPI document by scripts/types.php: don't edit. */";
const LIVING = ['Run' => '\OpsIQ\Run']; // with what can be done with it
const SCALARS = ['string' => 'string', 'integer' => 'int', 'number' => 'float', 'boolean' => 'bool'];

$document = json_decode((string) stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$schemas = $document['components']['schemas'];

/** Every schema that an answer of the SDK's operations reaches. */
function reached(array $document): array
{
    $waiting = [];
    foreach ($document['paths'] as $each) {
        foreach ($each as $operation) {
            foreach (OPERATIONS as $prefix) {
                if (str_starts_with($operation['operationId'] ?? '', $prefix)) {
                    foreach ($operation['responses'] as $status => $answer) {
                        $waiting[] = $status < 300 ? json_encode($answer, JSON_UNESCAPED_SLASHES) : '';
                    }
                }
            }
        }
    }
    $found = [];
    while ($waiting) {
        preg_match_all('~#/components/schemas/(\w+)~', array_pop($waiting), $refs);
        foreach (array_diff($refs[1], array_keys($found)) as $name) {
            $found[$name] = $document['components']['schemas'][$name];
            $waiting[] = json_encode($found[$name], JSON_UNESCAPED_SLASHES);
        }
    }
    ksort($found);
    return $found;
}

/** PHP names: without the server's "View", unless that is taken. */
function names(array $schemas): array
{
    $names = [];
    foreach (array_keys($schemas) as $schema) {
        $short = preg_replace('/View$/', '', $schema);
        $names[$schema] = $short !== $schema && isset($schemas[$short]) ? $schema : $short;
    }
    return $names;
}

/** [PHP type, type for the docblock, PHP expression that reads `$value`] */
function typed(array $schema, array $names, string $value): array
{
    if (isset($schema['$ref'])) {
        $name = $names[basename($schema['$ref'])];
        $name = LIVING[$name] ?? $name;
        return [$name, $name, "$name::from($value)"];
    }
    if (isset($schema['anyOf'])) {
        $rest = array_values(array_filter($schema['anyOf'], static fn ($each) => ($each['type'] ?? '') !== 'null'));
        if (count($rest) !== 1) {
            return ['mixed', 'mixed', $value];
        }
        [$type, $doc, $read] = typed($rest[0], $names, $value);
        return $type === 'mixed' ? [$type, $doc, $read] : ["?$type", "$doc|null", str_contains($read, '::from(') ? "self::maybe($type::class, $value)" : $read];
    }
    if (isset($schema['oneOf'])) {
        $classes = array_map(static fn ($ref) => $names[basename($ref)], $schema['discriminator']['mapping']);
        $map = implode(', ', array_map(static fn ($kind, $class) => "'$kind' => $class::class", array_keys($classes), $classes));
        $union = implode('|', $classes);
        return [$union, $union, "self::oneOf([$map], '{$schema['discriminator']['propertyName']}', $value)"];
    }
    if (isset($schema['enum'])) {
        return ['string', implode('|', array_map(static fn ($each) => "'$each'", $schema['enum'])), $value];
    }
    switch ($schema['type'] ?? '') {
        case 'array':
            [$type, $doc, $read] = typed($schema['items'] ?? [], $names, '$each');
            return ['array', "list<$doc>", str_contains($read, '::from(') ? "self::all($type::class, $value)" : $value];
        case 'object':
            [, $doc] = typed(is_array($schema['additionalProperties'] ?? null) ? $schema['additionalProperties'] : [], $names, '');
            return ['array', "array<string, $doc>", "self::map($value)"];
        case '':
            return ['mixed', 'mixed', $value];
        default:
            $type = SCALARS[$schema['type']];
            return [$type, ($schema['format'] ?? '') === 'date-time' ? "$type RFC 3339" : $type, $value];
    }
}

/** The file of one class. */
function written(string $class, array $schema, array $names): string
{
    $docs = $promoted = $reads = $maps = [];
    foreach ($schema['properties'] as $name => $property) {
        $required = in_array($name, $schema['required'] ?? [], true);
        $default = array_key_exists('default', $property) ? var_export($property['default'], true) : 'null';
        $default = $default === "array (\n)" ? '[]' : strtr($default, ['NULL' => 'null']);
        [$type, $doc, $read] = typed($property, $names, "\$data['$name'] ?? " . ($required ? 'null' : $default));
        if (!$required && $default === 'null' && $type !== 'mixed' && $type[0] !== '?') {
            [$type, $doc] = ["?$type", "$doc|null"];
        }
        $docs[] = $doc === ltrim($type, '?') || $doc === ltrim($type, '?') . '|null' || $doc === 'mixed'
            ? null
            : '     * @param ' . (str_contains($doc, ' ') && !str_contains($doc, '<') && !str_contains($doc, "'")
                ? preg_replace('/^(\w+)( RFC 3339)(\|null)?$/', "$1$3 \$$name$2", $doc)
                : "$doc \$$name");
        $promoted[] = "        public readonly $type \$$name,";
        $reads[] = "            $read,";
        if (str_starts_with($read, 'self::map')) {
            $maps[] = $name;
        }
    }
    $about = trim(strtr(implode(' ', preg_split('/\s+/', $schema['description'] ?? '')), ['``' => '`', '*/' => '']));
    $notes = array_filter($docs);
    $lines = ['<?php', '', 'declare(strict_types=1);', '', 'namespace OpsIQ\Types;', '', NOTE];
    $lines[] = $class === 'Run' ? "class $class extends Type" : "final class $class extends Type";
    $lines[] = '{';
    if ($maps) {
        array_push($lines, "    protected const MAPS = ['" . implode("', '", $maps) . "'];", '');
    }
    if ($about !== '' || $notes) {
        $lines[] = '    /**';
        if ($about !== '') {
            $lines[] = '     * ' . wordwrap($about, 130, "\n     * ");
        }
        if ($about !== '' && $notes) {
            $lines[] = '     *';
        }
        array_push($lines, ...$notes);
        $lines[] = '     */';
    }
    $final = $class === 'Run' ? 'final ' : '';
    array_push($lines, "    {$final}public function __construct(", ...$promoted);
    array_push($lines, '    ) {', '    }', '', '    public static function from(mixed $data): static', '    {', '        return new static(');
    array_push($lines, ...$reads);
    array_push($lines, '        );', '    }', '}', '');
    return implode("\n", $lines);
}

$folder = dirname(__DIR__) . '/src/Types';
$reached = reached($document);
$names = names($reached);
$files = [];
foreach ($reached as $schema => $each) {
    $files["$names[$schema].php"] = written($names[$schema], $each, $names);
}
$stale = array_diff(array_map('basename', glob("$folder/*.php")), array_keys($files), ['Type.php']);
$differing = array_keys(array_filter($files, static fn ($text, $file) => @file_get_contents("$folder/$file") !== $text, ARRAY_FILTER_USE_BOTH));
if (in_array('--check', $argv, true)) {
    if ($stale || $differing) {
        fwrite(STDERR, 'Not as the OpenAPI document has it: ' . implode(', ', [...$differing, ...$stale]) . ". Run sdks/php/scripts/types.php.\n");
        exit(1);
    }
    exit(0);
}
foreach ($files as $file => $text) {
    file_put_contents("$folder/$file", $text);
}
foreach ($stale as $file) {
    unlink("$folder/$file");
}
echo count($files), " types\n";
