<?php

declare(strict_types=1);

namespace OpsIQ;

/**
 * Names of the universal events (docs/reference/events.md); names of your own are welcome beside them. Those of opsiq. are OpsIQ's
 * to publish. Made of the catalogue by scripts/event_names.php: don't edit.
 */
final class EventName
{
    public const INVOICE_CREATED = 'invoice.created';
    public const INVOICE_PAID = 'invoice.paid';
    public const INVOICE_PAYMENT_FAILED = 'invoice.payment_failed';
    public const INVOICE_OVERDUE = 'invoice.overdue';
    public const INVOICE_REFUNDED = 'invoice.refunded';
    public const INVOICE_VOIDED = 'invoice.voided';
    public const PAYMENT_SUCCEEDED = 'payment.succeeded';
    public const PAYMENT_FAILED = 'payment.failed';
    public const PAYMENT_DISPUTED = 'payment.disputed';
    public const CREDIT_APPLIED = 'credit.applied';
    public const CHAT_STARTED = 'chat.started';
    public const CHAT_MESSAGE_RECEIVED = 'chat.message_received';
    public const CHAT_HANDED_OVER = 'chat.handed_over';
    public const CHAT_ENDED = 'chat.ended';
    public const CUSTOMER_SIGNED_UP = 'customer.signed_up';
    public const CUSTOMER_UPDATED = 'customer.updated';
    public const CUSTOMER_EMAIL_CHANGED = 'customer.email_changed';
    public const CUSTOMER_VERIFIED = 'customer.verified';
    public const CUSTOMER_MERGED = 'customer.merged';
    public const CUSTOMER_SUSPENDED = 'customer.suspended';
    public const CUSTOMER_DELETED = 'customer.deleted';
    public const LICENCE_ISSUED = 'licence.issued';
    public const LICENCE_ACTIVATED = 'licence.activated';
    public const LICENCE_RENEWED = 'licence.renewed';
    public const LICENCE_SUSPENDED = 'licence.suspended';
    public const LICENCE_REVOKED = 'licence.revoked';
    public const LICENCE_EXPIRED = 'licence.expired';
    public const WEBHOOK_ENDPOINT_DISABLED = 'webhook.endpoint_disabled';
    public const ORDER_CREATED = 'order.created';
    public const ORDER_PAID = 'order.paid';
    public const ORDER_SHIPPED = 'order.shipped';
    public const ORDER_DELIVERED = 'order.delivered';
    public const ORDER_CANCELLED = 'order.cancelled';
    public const ORDER_RETURNED = 'order.returned';
    public const ORDER_REFUNDED = 'order.refunded';
    public const LOGIN_SUCCEEDED = 'login.succeeded';
    public const LOGIN_FAILED = 'login.failed';
    public const PASSWORD_CHANGED = 'password.changed';
    public const MFA_ENABLED = 'mfa.enabled';
    public const MFA_DISABLED = 'mfa.disabled';
    public const API_KEY_CREATED = 'api_key.created';
    public const API_KEY_REVOKED = 'api_key.revoked';
    public const ACCOUNT_SUSPICIOUS_ACTIVITY = 'account.suspicious_activity';
    public const SUBSCRIPTION_CREATED = 'subscription.created';
    public const SUBSCRIPTION_ACTIVATED = 'subscription.activated';
    public const SUBSCRIPTION_RENEWED = 'subscription.renewed';
    public const SUBSCRIPTION_UPGRADED = 'subscription.upgraded';
    public const SUBSCRIPTION_DOWNGRADED = 'subscription.downgraded';
    public const SUBSCRIPTION_PAUSED = 'subscription.paused';
    public const SUBSCRIPTION_RESUMED = 'subscription.resumed';
    public const SUBSCRIPTION_CANCELLED = 'subscription.cancelled';
    public const SUBSCRIPTION_EXPIRED = 'subscription.expired';
    public const TRIAL_STARTED = 'trial.started';
    public const TRIAL_ENDING = 'trial.ending';
    public const TRIAL_ENDED = 'trial.ended';
    public const TICKET_CREATED = 'ticket.created';
    public const TICKET_REPLIED = 'ticket.replied';
    public const TICKET_ASSIGNED = 'ticket.assigned';
    public const TICKET_ESCALATED = 'ticket.escalated';
    public const TICKET_CLOSED = 'ticket.closed';
    public const TICKET_REOPENED = 'ticket.reopened';
    public const TICKET_RATED = 'ticket.rated';
}
