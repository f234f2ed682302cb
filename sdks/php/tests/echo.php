<?php

// The server of TransportsTest: says what it received.

declare(strict_types=1);

$path = strtok($_SERVER['REQUEST_URI'], '?');
if ($path === '/v1/answer') {
    http_response_code((int) $_GET['status']);
    header('Content-Type: application/problem+json');
    header('X-Request-Id: req_1');
    if ($_GET['status'] === '307') {
        header('Location: /v1/x', response_code: 307);
    }
    if (isset($_GET['after'])) {
        header("Retry-After: $_GET[after]");
    }
    echo json_encode($_GET['status'] < 400 ? [] : ['code' => $_GET['status'] === '404' ? 'not_found' : 'unavailable', 'retryable' => $_GET['status'] === '503']);
} elseif ($path === '/v1/drop') {
    header('Content-Length: 1000');
    echo 'cut';
} elseif ($path === '/v1/slow') {
    sleep(2);
} else {
    $said = [
        'method' => $_SERVER['REQUEST_METHOD'], 'target' => $_SERVER['REQUEST_URI'], 'body' => file_get_contents('php://input'),
        'headers' => array_change_key_case(getallheaders()),
    ];
    header('Content-Type: application/json');
    echo json_encode($said, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
}
