<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use PhpParser\Modifiers;
use PhpParser\Node;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once '/usr/share/php/PhpParser/autoload.php';

/** The library promises PHP 8.1: nothing that came later is in it. */
final class LanguageTest extends TestCase
{
    /** Functions since 8.2 that a hurried hand might reach for. */
    private const LATER = [
        'json_validate', 'mb_str_pad', 'str_increment', 'str_decrement', 'ini_parse_quantity', 'curl_upkeep', 'memory_reset_peak_usage', 'array_find',
        'array_find_key', 'array_any', 'array_all', 'array_first', 'array_last', 'mb_trim', 'mb_ucfirst', 'mb_lcfirst', 'request_parse_body', 'stream_context_set_options',
        'openssl_cipher_key_length', 'odbc_connection_string_quote', 'posix_sysconf', 'http_get_last_response_headers', 'fpow', 'grapheme_str_split',
    ];

    public static function files(): array
    {
        $files = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(dirname(__DIR__) . '/src', \FilesystemIterator::SKIP_DOTS)) as $file) {
            $files[$file->getFilename()] = [(string) $file];
        }
        return $files;
    }

    #[DataProvider('files')]
    public function test_a_file_is_php_8_1(string $file): void
    {
        self::assertSame([], self::later((string) file_get_contents($file)));
    }

    public static function newer(): array
    {
        return array_map(static fn (string $code) => [$code], [
            'readonly class A {}', 'class A { const string B = ""; }', 'function f(): true {}', 'function f(null $x) {}', 'function f((A&B)|null $x) {}',
            'class A { public string $x { get => ""; } }', 'class A { public private(set) int $x; }', 'trait T { const X = 1; }', 'A::{$x};',
            'json_validate("");', 'class A { #[\Override] function f() {} }', 'new \Random\Randomizer();',
        ]);
    }

    #[DataProvider('newer')]
    public function test_what_came_later_is_seen(string $code): void
    {
        self::assertNotSame([], self::later("<?php $code"));
    }

    /** @return list<string> what needs a newer PHP, with its line */
    private static function later(string $code): array
    {
        $tree = (new ParserFactory())->createForNewestSupportedVersion()->parse($code);
        $alone = static fn (?Node $type): bool => $type instanceof Node\Identifier && in_array($type->toLowerString(), ['true', 'false', 'null'], true);
        $found = (new NodeFinder())->find($tree, static fn (Node $node): bool => match (true) {
            $node instanceof Node\Stmt\Class_ => (bool) ($node->flags & Modifiers::READONLY),
            $node instanceof Node\Stmt\ClassConst => $node->type !== null,
            $node instanceof Node\Stmt\Trait_ => $node->getConstants() !== [],
            $node instanceof Node\FunctionLike => $alone($node->getReturnType()),
            $node instanceof Node\Param => $alone($node->type) || $node->hooks !== [] || (bool) ($node->flags & Modifiers::VISIBILITY_SET_MASK),
            $node instanceof Node\Stmt\Property => $alone($node->type) || $node->hooks !== [] || (bool) ($node->flags & Modifiers::VISIBILITY_SET_MASK),
            $node instanceof Node\UnionType => (bool) array_filter($node->types, static fn ($each) => $each instanceof Node\IntersectionType),
            $node instanceof Node\Expr\ClassConstFetch => $node->name instanceof Node\Expr,
            $node instanceof Node\Expr\FuncCall => $node->name instanceof Node\Name && in_array($node->name->toLowerString(), self::LATER, true),
            $node instanceof Node\Attribute => in_array($node->name->toString(), ['Override', 'Deprecated', 'NoDiscard'], true),
            $node instanceof Node\Name => str_starts_with($node->toString(), 'Random\\'),
            default => false,
        });
        return array_map(static fn (Node $node) => $node->getType() . ' in line ' . $node->getStartLine(), $found);
    }
}
