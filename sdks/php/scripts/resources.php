<?php

// Writes src/Resources.php from scripts/resources.txt; with --check it exits with 1 where the two differ.
//
//     php sdks/php/scripts/resources.php [--check]

declare(strict_types=1);

/** One call as a method, with its docblock's lines before it. */
function method(string $line, array $doc): string
{
    preg_match('~^(\w+)\((.*)\): (?:(each) (\w+) (\w+)|([\w\\\\]+)(->data)?) = (\w+)(!?) ([\w{}/-]+)(?: \| (.*))?$~', $line, $found, PREG_UNMATCHED_AS_NULL)
        || throw new UnexpectedValueException("This is no call: $line");
    [, $name, $parameters, $each, $page, $place, $type, $data, $verb, $acts, $path, $sent] = $found + array_fill(0, 12, null);
    $parts = array_map(static fn ($part) => $part[0] === '{' ? '$' . trim($part, '{}') : "'$part'", explode('/', $path));
    $path = str_contains($path, '{') ? '[' . implode(', ', $parts) . ']' : "'/v1/$path'";
    $arguments = [$type === 'void' ? 'null' : "$type::class", "'$verb'", $path];
    $key = str_contains($parameters, '$idempotency_key') ? '$idempotency_key' . ($acts ? ' ?? bin2hex(random_bytes(16))' : '') : null;
    if ($verb === 'GET') {
        array_push($arguments, ...(array) $sent);
    } elseif ($sent !== null || $key !== null) {
        array_push($arguments, '[]', $sent ?? 'null', ...(array) $key);
    }
    $call = $each ? "each($page::class, $path, $sent, '$place')" : 'api->call(' . implode(', ', $arguments) . ')' . ($type === 'Run' ? '->of($this->api)' : $data);
    $answer = match (true) {
        $each !== null => '\Generator',
        $data !== null => 'array',
        default => $type,
    };
    $return = $type === 'void' ? '' : 'return ';
    return docblock($doc) . "    public function $name($parameters): $answer\n    {\n        $return\$this->$call;\n    }\n";
}

function docblock(array $lines): string
{
    return match (count($lines)) {
        0 => '',
        1 => "    /** $lines[0] */\n",
        default => "    /**\n" . implode('', array_map(static fn ($line) => rtrim("     * $line") . "\n", $lines)) . "     */\n",
    };
}

/** The properties and the constructor of a class that has others in it: `endpoints: Endpoints, …`. */
function parts(string $list): string
{
    $properties = $made = '';
    foreach (explode(', ', $list) as $each) {
        [$name, $class] = explode(': ', $each);
        $properties .= "    public readonly $class \$$name;\n";
        $made .= "        \$this->$name = new $class(\$api);\n";
    }
    return "$properties\n    public function __construct(Api \$api)\n    {\n        parent::__construct(\$api);\n$made    }\n";
}

$classes = $doc = [];
foreach (file(__DIR__ . '/resources.txt', FILE_IGNORE_NEW_LINES) as $line) {
    if (preg_match('/^([A-Z]\w+)(?: (.*))?$/', $line, $found)) {
        [$class, $doc] = [$found[1], []];
        $classes[$class] = isset($found[2]) ? [parts($found[2])] : [];
    } elseif (str_starts_with($line, '    ')) {
        $doc[] = substr($line, 4);
    } elseif ($line === '') {
        $doc = $doc === [] ? [] : [...$doc, ''];
    } elseif ($line[0] !== '#') {
        $classes[$class][] = method($line, $doc);
        $doc = [];
    }
}
$text = '';
foreach ($classes as $class => $members) {
    $text .= "\nfinal class $class extends Resource\n{\n" . implode("\n", $members) . "}\n";
}
$known = array_map(static fn ($file) => basename($file, '.php'), glob(dirname(__DIR__) . '/src/Types/*.php'));
$used = array_filter($known, static fn ($type) => !isset($classes[$type]) && $type !== 'Run' && preg_match("/(?<!\\\\)\\b$type\\b/", $text));
$text = "<?php\n\ndeclare(strict_types=1);\n\nnamespace OpsIQ\\Resources;\n\n// Made of scripts/resources.txt by scripts/resources.php: don't edit.\n\n"
    . "use OpsIQ\\{Json, Run, Types};\nuse OpsIQ\\Http\\Api;\nuse OpsIQ\\Types\\{" . implode(', ', $used) . "};\n$text";
$path = dirname(__DIR__) . '/src/Resources.php';
if (in_array('--check', $argv, true)) {
    if (file_get_contents($path) !== $text) {
        fwrite(STDERR, "src/Resources.php is not what scripts/resources.txt says. Run sdks/php/scripts/resources.php.\n");
        exit(1);
    }
    exit(0);
}
file_put_contents($path, $text);
