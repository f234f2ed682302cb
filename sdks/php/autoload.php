<?php

declare(strict_types=1);

// For projects without Composer: require this file, then use OpsIQ\Client. A class is in its own file or in its namespace's.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'OpsIQ\\')) {
        $path = __DIR__ . '/src/' . strtr(substr($class, 6), '\\', '/');
        foreach (["$path.php", dirname($path) . '.php'] as $file) {
            if (is_file($file)) {
                require_once $file;
                return;
            }
        }
    }
});
