<?php

// As much of Laravel as a route with a database needs, for the README's example: routes.php beside the document root is the example as it stands.

declare(strict_types=1);

use Illuminate\Container\Container;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Events\Dispatcher;
use Illuminate\Http\Request;
use Illuminate\Routing\CallableDispatcher;
use Illuminate\Routing\Contracts\CallableDispatcher as Contract;
use Illuminate\Routing\Router;
use Illuminate\Support\Facades\Facade;
use OpsIQ\Receive\PdoStore;

foreach (['Database', 'Events', 'Http', 'Routing'] as $package) {
    require_once "/usr/share/php/Illuminate/$package/autoload.php";
}
error_reporting(E_ALL & ~E_DEPRECATED); // Laravel 10 on PHP 8.4
require dirname(__DIR__) . '/vendor/autoload.php';

touch(dirname(__DIR__) . '/shop.db');
$app = new Container();
Container::setInstance($app);
$app->instance(Container::class, $app);
$app->instance('events', $events = new Dispatcher($app));
$capsule = new Manager($app);
$capsule->addConnection(['driver' => 'sqlite', 'database' => dirname(__DIR__) . '/shop.db']);
$app->instance('db', $capsule->getDatabaseManager());
$app->instance('router', $router = new Router($events, $app));
$app->bind(Contract::class, CallableDispatcher::class);
Facade::setFacadeApplication($app);

$pdo = $capsule->getConnection()->getPdo();
$pdo->exec('CREATE TABLE IF NOT EXISTS refunds (id INTEGER PRIMARY KEY, invoice_id INTEGER)');
$pdo->exec('CREATE TABLE IF NOT EXISTS ledger (type TEXT)');
(new PdoStore($pdo))->install();
require dirname(__DIR__) . '/routes.php';
$app->instance(Request::class, $request = Request::capture());
$router->dispatch($request)->send();
