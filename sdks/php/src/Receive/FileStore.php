<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\Errors\ConfigurationError;

/** In a folder of one machine. A crash between the act and its record makes the act happen again: PdoStore does better. */
final class FileStore implements Store
{
    public function __construct(private string $folder)
    {
        if (!is_dir($folder) && !@mkdir($folder, 0700, true) && !is_dir($folder)) {
            throw new ConfigurationError("The folder $folder can't be made.");
        }
    }

    public function once(string $id, string $fingerprint, \Closure $act): Reply
    {
        $path = $this->folder . '/' . hash('sha256', $id);
        $lock = fopen("$path.lock", 'c');
        if ($lock === false || !flock($lock, LOCK_EX)) {
            throw new \RuntimeException("The folder $this->folder can't be written to.");
        }
        try {
            if (is_file($path)) {
                [$known, $kept] = unserialize((string) file_get_contents($path), ['allowed_classes' => false]);
                if ($known !== $fingerprint) {
                    throw new OtherBody("$id was used with another body.");
                }
                return (new Reply(...$kept))->with(['Idempotency-Replayed' => 'true']);
            }
            $reply = $act();
            $text = serialize([$fingerprint, [$reply->status, $reply->body, $reply->headers]]);
            if (file_put_contents("$path.new", $text) !== strlen($text) || !rename("$path.new", $path)) {
                throw new \RuntimeException("The folder $this->folder can't be written to.");
            }
            return $reply;
        } finally {
            fclose($lock);
        }
    }

    /** Forget what is older. */
    public function prune(int $days = 31): void
    {
        foreach (glob("$this->folder/*") ?: [] as $path) {
            filemtime($path) < time() - $days * 86400 && unlink($path);
        }
    }
}
