<?php

// A server that keeps connections open unless it is asked not to, and loses the answer to the second request of each: php losing.php PORT LOG

declare(strict_types=1);

$server = stream_socket_server("tcp://127.0.0.1:$argv[1]");
while ($connection = stream_socket_accept($server, -1)) {
    stream_set_timeout($connection, 5);
    for ($n = 1; ; $n++) {
        $length = 0;
        $close = false;
        while (($line = fgets($connection)) !== false && trim($line) !== '') {
            if (preg_match('/^content-length: (\d+)/i', $line, $found)) {
                $length = (int) $found[1];
            } elseif (preg_match('/nonce=([\w-]+)/', $line, $found)) {
                file_put_contents($argv[2], "$found[1]\n", FILE_APPEND);
            }
            $close = $close || preg_match('/^connection: close/i', $line);
        }
        if ($line === false || ($length > 0 && fread($connection, $length) === false) || $n === 2) {
            break;
        }
        fwrite($connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n" . ($close ? "Connection: close\r\n" : '') . "\r\n{}");
        if ($close) {
            break;
        }
    }
    fclose($connection);
}
