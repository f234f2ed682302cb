<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Client;
use PHPUnit\Framework\TestCase;

/** docs/reference/sdk-php.md and the code name the same things. */
final class ReferenceTest extends TestCase
{
    private static function section(string $title): string
    {
        $page = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/reference/sdk-php.md');
        self::assertSame(1, preg_match("/^## $title\n(.*?)(?=^## |\z)/ms", $page, $found), $title);
        return $found[1];
    }

    /** @return array<string, \ReflectionMethod> as in `webhooks->endpoints->create` */
    private static function calls(string $class, string $path = ''): array
    {
        $calls = [];
        foreach ((new \ReflectionClass($class))->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $calls += self::calls((string) $property->getType(), $path . $property->getName() . '->');
        }
        foreach ((new \ReflectionClass($class))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if (!str_starts_with($method->getName(), '__') && !str_contains((string) $method->getDocComment(), '@internal')) {
                $calls[$path . $method->getName()] = $method;
            }
        }
        return $calls;
    }

    public function test_every_call_is_on_the_page_with_arguments_and_answer_that_exist(): void
    {
        preg_match_all('/\$ops->([\w>-]+)\(([^)`]*)\)`(?: \| ([^|\n]*))?/', self::section('Calls'), $found, PREG_SET_ORDER);
        $calls = self::calls(Client::class);
        self::assertEqualsCanonicalizing(array_keys($calls), array_unique(array_column($found, 1)));
        foreach ($found as [$_, $call, $arguments]) {
            $known = array_map(static fn ($each) => $each->getName(), $calls[$call]->getParameters());
            preg_match_all('/\$(\w+)|\b(\w+):/', $arguments, $named, PREG_SET_ORDER);
            foreach ($named as $each) {
                self::assertContains(end($each), $known, $call);
            }
            $answer = $calls[$call]->getReturnType()?->getName() ?? 'mixed';
            if (class_exists($answer) && !is_a($answer, \Generator::class, true)) {
                $row = preg_quote('$ops->' . $call . '(', '/') . '[^|]*\| [^|]*`' . (new \ReflectionClass($answer))->getShortName() . '`';
                self::assertMatchesRegularExpression("/$row/", self::section('Calls'), $call);
            }
        }
    }

    public function test_every_option_is_on_the_page_and_in_the_docblock(): void
    {
        $options = (new \ReflectionClass(Client::class))->getConstant('DEFAULTS');
        preg_match_all('/^\| (`[^|]*`) \|/m', self::section('Client options'), $rows);
        preg_match_all('/`(\w+)`/', implode(' ', $rows[1]), $named);
        self::assertEqualsCanonicalizing(array_keys($options), $named[1]);
        $docblock = (new \ReflectionMethod(Client::class, '__construct'))->getDocComment();
        foreach ($options as $name => $_) {
            self::assertStringContainsString("`$name`", $docblock);
        }
    }

    public function test_every_error_is_on_the_page_with_members_it_has(): void
    {
        preg_match_all('/^\| `(\w+)` \| [^|]* \| ([^|]*)\|$/m', self::section('Errors'), $rows, PREG_SET_ORDER);
        preg_match_all('/^(?:abstract |final )?class (\w+)/m', (string) file_get_contents(dirname(__DIR__) . '/src/Errors.php'), $classes);
        self::assertEqualsCanonicalizing(array_diff($classes[1], ['OpsIQError']), array_column($rows, 1));
        $tree = (string) (new \ReflectionClass('OpsIQ\Errors\OpsIQError'))->getDocComment();
        foreach ($rows as [$_, $class, $members]) {
            self::assertStringContainsString($class, $tree);
            preg_match_all('/`(\w+)`/', $members, $named);
            foreach ($named[1] as $name) {
                self::assertTrue(property_exists("OpsIQ\\Errors\\$class", $name), "$class $name");
            }
        }
    }

    public function test_every_method_of_a_run_and_of_the_receiving_end_is_on_the_page(): void
    {
        $own = static fn (string $class) => array_filter(
            (new \ReflectionClass($class))->getMethods(\ReflectionMethod::IS_PUBLIC),
            static fn ($method) => str_starts_with($method->getDeclaringClass()->getName(), 'OpsIQ\\') && !str_contains($method->getDeclaringClass()->getName(), 'Types')
                && !$method->isStatic() && !preg_match('/^__|^jsonSerialize$/', $method->getName()) && !str_contains((string) $method->getDocComment(), '@internal'),
        );
        foreach (['Held' => 'Calls', 'Receive\Verifier' => 'Receiving', 'Receive\Receiver' => 'Receiving', 'Receive\Event' => 'Receiving',
            'Receive\ActionCall' => 'Receiving', 'Receive\Store' => 'Receiving', 'Receive\PdoStore' => 'Receiving', 'Receive\FileStore' => 'Receiving'] as $class => $section) {
            foreach ($own("OpsIQ\\$class") as $method) {
                self::assertMatchesRegularExpression("/`{$method->getName()}\(/", self::section($section), "$class {$method->getName()}");
            }
        }
    }

    public function test_the_version_is_the_packages(): void
    {
        self::assertSame(json_decode((string) file_get_contents(dirname(__DIR__) . '/composer.json'))->version, Client::VERSION);
    }

    /** Lines of code, braces among them, without blank ones, comments and what is generated. */
    public function test_it_stays_thin(): void
    {
        $lines = 0;
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(dirname(__DIR__) . '/src', \FilesystemIterator::SKIP_DOTS)) as $file) {
            $generated = in_array($file->getFilename(), ['Resources.php', 'EventName.php'], true) || (basename($file->getPath()) === 'Types' && $file->getFilename() !== 'Type.php');
            $lines += $generated ? 0 : count(preg_grep('#^\s*(//|\*|/\*|$)#', file((string) $file, FILE_IGNORE_NEW_LINES), PREG_GREP_INVERT));
        }
        self::assertLessThan(1200, $lines);
    }
}
