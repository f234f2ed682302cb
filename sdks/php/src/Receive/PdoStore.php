<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\Errors\ConfigurationError;

/**
 * In your database, in one transaction with what the handler does there: both are done, or neither is. SQLite, PostgreSQL, MySQL, MariaDB.
 */
final class PdoStore implements Store
{
    private \Closure $transaction;

    /**
     * @param callable(\Closure): mixed|null $transaction how your framework runs something in a transaction of `$pdo` (Laravel:
     *     `DB::transaction(...)`); null: begun and ended here, unless one is open already
     */
    public function __construct(private \PDO $pdo, private string $table = 'opsiq_messages', ?callable $transaction = null)
    {
        if (!preg_match('/\A[A-Za-z_][A-Za-z0-9_.]*\z/', $table) || $pdo->getAttribute(\PDO::ATTR_ERRMODE) !== \PDO::ERRMODE_EXCEPTION) {
            throw new ConfigurationError('The store needs a plain table name and a PDO that throws exceptions.');
        }
        $this->transaction = \Closure::fromCallable($transaction ?? $this->transaction(...));
    }

    /** Makes the table if it is not there. */
    public function install(): void
    {
        $this->pdo->exec("CREATE TABLE IF NOT EXISTS $this->table (id VARCHAR(255) NOT NULL PRIMARY KEY, fingerprint CHAR(64) NOT NULL,"
            . ' received_at BIGINT NOT NULL, reply TEXT)');
    }

    public function once(string $id, string $fingerprint, \Closure $act): Reply
    {
        return ($this->transaction)(function () use ($id, $fingerprint, $act): Reply {
            $mysql = $this->pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) === 'mysql';
            $insert = $this->pdo->prepare(($mysql ? 'INSERT IGNORE' : 'INSERT') . " INTO $this->table (id, fingerprint, received_at) VALUES (?, ?, ?)"
                . ($mysql ? '' : ' ON CONFLICT DO NOTHING'));
            $insert->execute([$id, $fingerprint, time()]);
            if ($insert->rowCount() === 1) {
                $reply = $act();
                $kept = base64_encode(serialize([$reply->status, $reply->body, $reply->headers]));
                $this->pdo->prepare("UPDATE $this->table SET reply = ? WHERE id = ?")->execute([$kept, $id]);
                return $reply;
            }
            $select = $this->pdo->prepare("SELECT fingerprint, reply FROM $this->table WHERE id = ?");
            $select->execute([$id]);
            [$known, $kept] = $select->fetch(\PDO::FETCH_NUM);
            if ($known !== $fingerprint) {
                throw new OtherBody("$id was used with another body.");
            }
            return (new Reply(...unserialize(base64_decode($kept), ['allowed_classes' => false])))->with(['Idempotency-Replayed' => 'true']);
        });
    }

    /** Forget what is older; OpsIQ sends again for 24 hours by itself, a person may for 30 days. */
    public function prune(int $days = 31): void
    {
        $this->pdo->prepare("DELETE FROM $this->table WHERE received_at < ?")->execute([time() - $days * 86400]);
    }

    private function transaction(\Closure $work): mixed
    {
        if ($this->pdo->inTransaction()) {
            return $work();
        }
        $this->pdo->beginTransaction();
        try {
            $result = $work();
            $this->pdo->commit();
            return $result;
        } catch (\Throwable $error) {
            $this->pdo->inTransaction() && $this->pdo->rollBack();
            throw $error;
        }
    }
}
