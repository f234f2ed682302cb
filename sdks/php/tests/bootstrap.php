<?php

declare(strict_types=1);

require __DIR__ . '/../autoload.php';
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'OpsIQ\Tests\\')) {
        require __DIR__ . '/' . substr($class, 12) . '.php';
    }
});
// Other people's libraries, as the system's packages have them.
foreach (['GuzzleHttp', 'Symfony/Component/HttpFoundation', 'Illuminate/Http'] as $package) {
    require_once "/usr/share/php/$package/autoload.php";
}
