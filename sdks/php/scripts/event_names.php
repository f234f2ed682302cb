<?php

// Writes src/EventName.php from the catalogue of universal events; with --check it exits with 1 where the two differ.
//
//     php sdks/php/scripts/event_names.php [--check]

declare(strict_types=1);

$root = dirname(__DIR__, 3);
$lines = '';
foreach (glob("$root/registry/events/*.json") as $file) {
    foreach (json_decode((string) file_get_contents($file), true, flags: JSON_THROW_ON_ERROR)['types'] as $each) {
        $lines .= '    public const ' . strtoupper(strtr($each['name'], '.', '_')) . " = '$each[name]';\n";
    }
}
$text = <<<PHP
<?php

declare(strict_types=1);

namespace OpsIQ;

/**
 * Names of the universal events (docs/reference/events.md); names of your own are welcome beside them. Those of opsiq. are OpsIQ's
 * to publish. Made of the catalogue by scripts/event_names.php: don't edit.
 */
final class EventName
{
$lines}

PHP;
$path = dirname(__DIR__) . '/src/EventName.php';
if (in_array('--check', $argv, true)) {
    if (!is_file($path) || file_get_contents($path) !== $text) {
        fwrite(STDERR, "src/EventName.php is not what the catalogue says. Run sdks/php/scripts/event_names.php.\n");
        exit(1);
    }
    exit(0);
}
file_put_contents($path, $text);
