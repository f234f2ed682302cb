<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

/** An id that was used comes with another body. */
final class OtherBody extends \RuntimeException
{
}
