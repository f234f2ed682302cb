// Generated from the server's OpenAPI document by scripts/generate.mjs. Do not edit.

export interface paths {
    "/v1/actions/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["actions.run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["connectors.listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["contracts.listed"];
        put?: never;
        post: operations["contracts.register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["contracts.get"];
        put?: never;
        post?: never;
        delete: operations["contracts.retire"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts/{name}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["contracts.suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["contracts.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tools.listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contracts/upstreams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["contracts.upstreams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["customers.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["events.types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["events.one_type"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["events.listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["events.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["events.fire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["me.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runs.listed"];
        put?: never;
        post: operations["runs.ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runs.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs.answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs.decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs.edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runs.records"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs.reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tickets.listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["deliveries.listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["deliveries.show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/deliveries/{delivery_id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deliveries.resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webhooks.listed"];
        put?: never;
        post: operations["webhooks.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webhooks.show"];
        put?: never;
        post?: never;
        delete: operations["webhooks.delete"];
        options?: never;
        head?: never;
        patch: operations["webhooks.change"];
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.recover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/endpoints/{endpoint_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhooks.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An accepted event. ``id`` is the event's id, which all reactions to it carry. ``mode`` is ``test`` if a test key
         *     fired it: nothing reacts to such an event. ``did_you_mean``: the universal event whose name differs from this custom
         *     one's by a letter or two. Its subscribers don't get this event.
         */
        AcceptedView: {
            did_you_mean?: string | null;
            event: string;
            id: string;
            /**
             * @default live
             * @enum {string}
             */
            mode: "live" | "test";
        };
        ActorView: {
            id: string;
            name: string;
            role: string;
        };
        ApprovalView: {
            /** Format: date-time */
            at: string;
            name: string;
        };
        /**
         * @description One attempt. ``response`` is the answer's body as text, as far as it is UTF-8, up to 64 KiB (``response_cut``:
         *     there was more).
         */
        AttemptView: {
            /** Format: date-time */
            at: string;
            by_hand: boolean;
            detail: string;
            duration_ms: number;
            error: string | null;
            n: number;
            request_headers: {
                [key: string]: string;
            };
            response: string;
            response_cut: boolean;
            status: number | null;
        };
        /**
         * @description Outcome of one call. ``unknown`` means that it may have happened, since no answer came. ``answer`` is up to 64
         *     KiB of the body as text.
         */
        CallOutcome: {
            answer?: string | null;
            /** @default 0 */
            attempts: number;
            call_id: string;
            /** @default  */
            detail: string;
            /** @default 0 */
            duration_ms: number;
            result_fits?: boolean | null;
            /** @enum {string} */
            state: "planned" | "begun" | "succeeded" | "failed" | "unknown" | "skipped";
            status?: number | null;
        };
        /**
         * @description One call of the card. ``payload`` is the exact body that is sent to ``url``, as text (for a tool, its arguments).
         *     ``method`` and ``headers`` belong to the request. The headers of a signed POST and the credentials of a
         *     ``connection`` are added when it is sent.
         */
        CallView: {
            action: string;
            call_id: string;
            connection: string | null;
            headers: {
                [key: string]: string;
            };
            method: string;
            params: components["schemas"]["ParamView"][];
            payload: string;
            preview: string;
            /** @enum {string} */
            risk: "read" | "write" | "irreversible";
            title: string;
            url: string;
            version: number;
        };
        /** @description One option of a question. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A"). */
        Candidate: {
            /** @default  */
            detail: string;
            id: string;
            label: string;
            /** @default [] */
            marks: string[];
        };
        /**
         * @description The card: exactly what will be sent, where, and the source of each value. Confirm it by its ``digest``. ``held``
         *     says why it must be confirmed. ``confirm_by`` says who may confirm it: ``person`` means somebody signed in to the
         *     console, and no API key. ``drift`` lists the changes since the previous card.
         */
        CardView: {
            approvals: components["schemas"]["ApprovalView"][];
            approvals_needed: number;
            calls: components["schemas"]["CallView"][];
            /**
             * @default anyone
             * @enum {string}
             */
            confirm_by: "anyone" | "person";
            digest: string;
            drift: string[];
            held: string[];
        };
        /**
         * @description Cause of a run that nobody typed: the event, and the rule or instruction (``source``, by its ``name``) that
         *     matched it.
         */
        Cause: {
            event: string;
            event_id: string;
            name: string;
            source: string;
        };
        /**
         * @description A value that code computed from typed numbers and fields of records. ``reading`` is the calculation, and
         *     ``records`` are the records in it ("invoice INV-1042"). ``read_by`` says who read the numbers.
         */
        ComputedSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "computed";
            /**
             * @default code
             * @enum {string}
             */
            read_by: "code" | "model";
            reading: string;
            /** @default [] */
            records: string[];
            /** @default [] */
            spans: components["schemas"]["Span"][];
        };
        ConnectorList: {
            data: components["schemas"]["ConnectorView"][];
        };
        /**
         * @description A connector. State ``available``: found, but not configured in this workspace. ``broken`` says why it doesn't
         *     work, or is null.
         */
        ConnectorView: {
            broken: string | null;
            kinds: components["schemas"]["KindView"][];
            name: string;
            /** @enum {string} */
            state: "enabled" | "disabled" | "broken" | "available";
            title: string;
        };
        ContractList: {
            data: components["schemas"]["ContractSummary"][];
        };
        ContractSummary: {
            /** @default  */
            confirm_by: string;
            description: string;
            digest: string;
            name: string;
            policy: string;
            risk: string;
            roles: string[];
            signature: components["schemas"]["SignatureView"];
            surfaces: string[];
            title: string;
            version: number;
        };
        /**
         * @description A version of a contract. ``contract`` is the signed declaration. ``jws`` is its detached signature (RFC 7515),
         *     null for readers who aren't owners.
         */
        ContractView: {
            contract: {
                [key: string]: unknown;
            };
            digest: string;
            jws: string | null;
            name: string;
            signature: components["schemas"]["SignatureView"];
            state: string;
            version: number;
        };
        /** @description A value from the contract's own default. */
        DefaultSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "default";
        };
        /** @description A delivery with its ``body``: the exact bytes that are sent, as text. */
        DeliveryDetail: {
            attempt_log: components["schemas"]["AttemptView"][];
            attempts: number;
            body: string;
            /** @enum {string} */
            cause: "event" | "replay" | "test";
            /** Format: date-time */
            created_at: string;
            detail: string;
            endpoint: string;
            error: string | null;
            event: string;
            event_id: string;
            finished_at: string | null;
            first_attempt_at: string | null;
            id: string;
            next_attempt_at: string | null;
            /** @enum {string} */
            state: "pending" | "succeeded" | "failed";
            status: number | null;
        };
        /** @description A page of deliveries. ``next`` is the ``before`` of the next page, null at the end. */
        DeliveryPage: {
            data: components["schemas"]["DeliveryView"][];
            next: string | null;
        };
        /** @description One event's delivery to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt. */
        DeliveryView: {
            attempts: number;
            /** @enum {string} */
            cause: "event" | "replay" | "test";
            /** Format: date-time */
            created_at: string;
            detail: string;
            endpoint: string;
            error: string | null;
            event: string;
            event_id: string;
            finished_at: string | null;
            first_attempt_at: string | null;
            id: string;
            next_attempt_at: string | null;
            /** @enum {string} */
            state: "pending" | "succeeded" | "failed";
            status: number | null;
        };
        /** @description The last edit of a held card that made no new one: the words by slot, and why. The card stands as it was. */
        EditView: {
            changes: {
                [key: string]: string;
            };
            why: string;
        };
        EndpointList: {
            data: components["schemas"]["EndpointView"][];
        };
        /**
         * @description A webhook endpoint. ``headers`` are only the names. ``why`` says why it is disabled. ``previous_secret_until``:
         *     until then deliveries are signed with two secrets. ``did_you_mean``: for custom events that it subscribes to, the
         *     universal events whose names differ by a letter or two.
         */
        EndpointView: {
            /** Format: date-time */
            changed_at: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            did_you_mean?: {
                [key: string]: string;
            } | null;
            events: string[];
            headers: string[];
            health: components["schemas"]["HealthOfEndpoint"];
            id: string;
            per_minute: number | null;
            previous_secret_until: string | null;
            /** @enum {string} */
            state: "active" | "paused" | "disabled" | "deleted";
            url: string;
            why: string;
        };
        /** @description An endpoint with the ``secret`` that signs its deliveries, which is shown only once. */
        EndpointWithSecret: {
            /** Format: date-time */
            changed_at: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            did_you_mean?: {
                [key: string]: string;
            } | null;
            events: string[];
            headers: string[];
            health: components["schemas"]["HealthOfEndpoint"];
            id: string;
            per_minute: number | null;
            previous_secret_until: string | null;
            secret: string;
            /** @enum {string} */
            state: "active" | "paused" | "disabled" | "deleted";
            url: string;
            why: string;
        };
        /** @description An event with its reactions in the order they run. */
        EventDetail: {
            caused_by: string | null;
            data: {
                [key: string]: unknown;
            };
            depth: number;
            event: string;
            finished_at: string | null;
            /** Format: date-time */
            fired_at: string;
            id: string;
            /**
             * @default live
             * @enum {string}
             */
            mode: "live" | "test";
            /** Format: date-time */
            occurred_at: string;
            origin: string;
            reactions: components["schemas"]["ReactionView"][];
            request_id: string | null;
            /** @enum {string} */
            state: "firing" | "done";
        };
        /** @description A page of events. ``next`` is the ``before`` of the next page, null at the end. */
        EventPage: {
            data: components["schemas"]["EventView"][];
            next: string | null;
        };
        EventTypeList: {
            data: components["schemas"]["EventTypeView"][];
        };
        /** @description A universal event. ``schema`` is the JSON Schema of its data, and ``sample`` a valid example. */
        EventTypeView: {
            category: string;
            description: string;
            name: string;
            sample: {
                [key: string]: unknown;
            };
            schema: {
                [key: string]: unknown;
            };
            title: string;
        };
        /**
         * @description An event. ``caused_by`` is the event, run or call that caused it, and ``depth`` the number of events above it in
         *     that chain. ``state`` is ``firing`` until every subscriber has had its turn. ``mode`` is ``test`` if a test key
         *     fired it: nothing reacts to such an event.
         */
        EventView: {
            caused_by: string | null;
            data: {
                [key: string]: unknown;
            };
            depth: number;
            event: string;
            finished_at: string | null;
            /** Format: date-time */
            fired_at: string;
            id: string;
            /**
             * @default live
             * @enum {string}
             */
            mode: "live" | "test";
            /** Format: date-time */
            occurred_at: string;
            origin: string;
            request_id: string | null;
            /** @enum {string} */
            state: "firing" | "done";
        };
        FieldView: {
            label: string;
            name: string;
            type: string;
        };
        /**
         * @description A value given as data by an API caller or an event. ``pointer`` is its place in that data (JSON Pointer), and
         *     ``ref`` the key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam
         *     Novak").
         */
        GivenSource: {
            /** @enum {string} */
            by: "api" | "event";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "given";
            pointer: string;
            /** @default  */
            reading: string;
            ref: string;
        };
        /**
         * @description Health of an endpoint. ``success_rate_24h`` is null without attempts. ``slowed_s`` is the pause after each
         *     attempt, in seconds.
         */
        HealthOfEndpoint: {
            attempts_24h: number;
            consecutive_failures: number;
            failing_since: string | null;
            last_failure_at: string | null;
            last_success_at: string | null;
            slowed_s: number;
            success_rate_24h: number | null;
        };
        /** @description A kind of record. ``fields`` are the only fields that are ever read of it. */
        KindView: {
            fields: components["schemas"]["FieldView"][];
            name: string;
            title: string;
        };
        MeView: {
            key: components["schemas"]["MyKeyView"];
            role: string;
            workspace: string;
        };
        MyKeyView: {
            id: string;
            mode: string;
            name: string;
            public: string;
            scopes: string[];
        };
        /** @description One value of a call: as sent (``value``), as people read it (``shown``), and its origin (``source``). */
        ParamView: {
            label: string;
            name: string;
            shown: string;
            source: components["schemas"]["PromptSource"] | components["schemas"]["RecordSource"] | components["schemas"]["ComputedSource"] | components["schemas"]["ProposedSource"] | components["schemas"]["DefaultSource"] | components["schemas"]["GivenSource"];
            value: unknown;
        };
        /**
         * @description A value from the person's words. ``reading`` says how it was read, if that isn't obvious ("next Friday →
         *     2026-12-04"). ``read_by`` is ``code`` if code reads this exact value from the words, and ``model`` if only a model
         *     does: then a person must see it first.
         */
        PromptSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "prompt";
            /**
             * @default code
             * @enum {string}
             */
            read_by: "code" | "model";
            /** @default  */
            reading: string;
            spans: components["schemas"]["Span"][];
        };
        /**
         * @description A value that a model proposed without words for it. It is only shown, marked and editable, on a card that a
         *     person confirms.
         */
        ProposedSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "proposed";
            /** @default  */
            reading: string;
        };
        /** @description The open question of a run in the state ``asked``. Answer its ``slot`` with a candidate's id or in words. */
        QuestionView: {
            candidates: components["schemas"]["Candidate"][];
            /** @enum {string} */
            code: "ambiguous" | "missing" | "not_found" | "unclear_action" | "unreadable";
            free_text: boolean;
            missing: string[];
            slot: string;
            text: string;
        };
        /**
         * @description One subscriber's reaction to an event. A lower ``priority`` runs first. ``skipped``: a blocking subscriber before
         *     it failed.
         */
        ReactionView: {
            attempts: number;
            blocking: boolean;
            detail: string;
            error: string;
            finished_at: string | null;
            priority: number;
            started_at: string | null;
            /** @enum {string} */
            state: "pending" | "retrying" | "done" | "failed" | "skipped";
            subscriber: string;
        };
        /** @description A page of records. ``next`` is the ``cursor`` of the next page, null at the end. */
        RecordPage: {
            data: components["schemas"]["RecordView"][];
            next: string | null;
        };
        /**
         * @description A value from a record that was looked up. ``spans`` are the words that led to the record. ``via`` are the records
         *     on the way to it ("customer Adam Novak").
         */
        RecordSource: {
            field: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "record";
            label: string;
            /** @default  */
            reading: string;
            record_id: string;
            record_kind: string;
            /** @default [] */
            spans: components["schemas"]["Span"][];
            /** @default [] */
            via: string[];
        };
        /**
         * @description The records behind an answer, as they are now. ``count`` is the total, and ``next`` the ``start`` of the next
         *     page.
         */
        RecordsPage: {
            count: number | null;
            data: components["schemas"]["Candidate"][];
            next: number | null;
        };
        /** @description One record. ``data`` holds its declared fields. ``label`` and ``detail`` are its text for people. */
        RecordView: {
            data: {
                [key: string]: unknown;
            };
            detail: string;
            id: string;
            kind: string;
            label: string;
        };
        /** @description Why nothing was done. ``nearest`` are the names of the closest actions. */
        RefusalView: {
            code: string;
            detail: string;
            nearest: string[];
        };
        RegisteredList: {
            data: components["schemas"]["RegisteredView"][];
        };
        /**
         * @description A registered version. ``fresh`` is false if this exact version was in force before. ``secret`` is new, for the
         *     endpoint's origin: it signs the calls to that origin and is shown only once.
         */
        RegisteredView: {
            digest: string;
            fresh: boolean;
            name: string;
            secret: string | null;
            version: number;
        };
        /**
         * @description The answer of a run in the state ``answered``, computed by code from records. ``values`` are the requested
         *     values, days in ISO 8601. ``records`` are the records behind the answer (one page; ``count`` is the total).
         *     ``actions`` are the names of actions that fit these records. ``partial``: the question isn't understood, and the
         *     text tells only what is known of what it names. ``as_of``: when the oldest copy among the records was read from its
         *     platform, null if the platform was asked.
         */
        ReplyView: {
            actions: string[];
            as_of?: string | null;
            count: number | null;
            partial: boolean;
            record_kind: string | null;
            records: components["schemas"]["Candidate"][];
            text: string;
            values: string[];
        };
        RetiredView: {
            name: string;
            state: string;
            version: number;
        };
        /** @description A page of runs. ``next`` is the ``before`` of the next page, null at the end. */
        RunPage: {
            data: components["schemas"]["RunView"][];
            next: string | null;
        };
        /**
         * @description One request from its words (or given values) to the outcome. Rendered prompts and raw responses are not included:
         *     owners find them in AI History. ``thread_id`` is the first request of its thread. ``mode`` is ``test`` if a test key
         *     made the request: then nothing is ever sent. ``repeats`` says so if the same person had the very same done right
         *     before.
         */
        RunView: {
            actor: components["schemas"]["ActorView"];
            card: components["schemas"]["CardView"] | null;
            cause: components["schemas"]["Cause"] | null;
            /** Format: date-time */
            created_at: string;
            edit?: components["schemas"]["EditView"] | null;
            expires_at: string | null;
            id: string;
            /**
             * @default live
             * @enum {string}
             */
            mode: "live" | "test";
            outcomes: components["schemas"]["CallOutcome"][];
            question: components["schemas"]["QuestionView"] | null;
            reason: string | null;
            refusal: components["schemas"]["RefusalView"] | null;
            /** @default  */
            repeats: string;
            reply?: components["schemas"]["ReplyView"] | null;
            /** @enum {string} */
            state: "received" | "asked" | "held" | "confirmed" | "executing" | "succeeded" | "failed" | "unknown" | "answered" | "refused" | "abstained" | "rejected" | "expired";
            /** @enum {string} */
            surface: "admin" | "customer" | "writing";
            text: string;
            /** @default  */
            thread_id: string;
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @description Result of verifying a signature. A contract with ``verified`` false is never offered, chosen or run. ``why``
         *     names the failed check.
         */
        SignatureView: {
            verified: boolean;
            why: string | null;
        };
        /**
         * @description Words at their place in the text. ``origin`` is 0 for the request's text and n for the n-th answer. ``start`` and
         *     ``end`` are code point offsets in that text.
         */
        Span: {
            end: number;
            /** @default 0 */
            origin: number;
            start: number;
            text: string;
        };
        /** @description A time span whose events are being sent again, in the background. ``since`` is included, ``until`` is not. */
        SpanView: {
            endpoint: string;
            id: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        /**
         * @description A suspended version. ``state`` is ``suspended``: it is neither offered nor sent until an owner has reviewed it in
         *     the console.
         */
        SuspendedView: {
            name: string;
            state: string;
            version: number;
        };
        /**
         * @description A list of tools. ``more``: some actions are left out. Ask with a higher ``limit``, or with search words in
         *     ``q``.
         */
        ToolList: {
            data: components["schemas"]["ToolView"][];
            more: boolean;
        };
        /**
         * @description An action as a function tool. ``tool`` is the tool in the model's format. When the model calls it, run ``action``
         *     with ``POST /v1/actions/run`` and the arguments as ``params``.
         */
        ToolView: {
            action: string;
            tool: {
                [key: string]: unknown;
            };
        };
        /**
         * @description A change in the other system, as ``opsiq import diff`` reports it. ``document`` is the digest of the newer
         *     document. After an owner reinstates the contract, the same document can't suspend it again.
         */
        UpstreamChange: {
            /** @enum {string} */
            change: "removed" | "incompatible" | "compatible";
            /** @default [] */
            details: string[];
            document?: string | null;
            operation: string;
        };
        /** @description The signed declarations of contracts that were drafted from another system's document. */
        UpstreamList: {
            data: {
                [key: string]: unknown;
            }[];
        };
        VersionList: {
            data: components["schemas"]["VersionView"][];
        };
        VersionView: {
            /** Format: date-time */
            changed_at: string;
            /** Format: date-time */
            created_at: string;
            digest: string;
            registered_by: string;
            state: string;
            version: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "actions.run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    action: string;
                    params?: {
                        [key: string]: unknown;
                    };
                    /** @default  */
                    session?: string;
                    /**
                     * @default admin
                     * @enum {string}
                     */
                    surface?: "admin" | "customer" | "writing";
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "connectors.listed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorList"];
                };
            };
        };
    };
    "contracts.listed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContractList"];
                };
            };
        };
    };
    "contracts.register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    contracts: {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredList"];
                };
            };
        };
    };
    "contracts.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContractView"];
                };
            };
        };
    };
    "contracts.retire": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetiredView"];
                };
            };
        };
    };
    "contracts.suspend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: components["schemas"]["UpstreamChange"];
                    version: number;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuspendedView"];
                };
            };
        };
    };
    "contracts.versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionList"];
                };
            };
        };
    };
    "tools.listed": {
        parameters: {
            query?: {
                format?: "openai" | "anthropic";
                limit?: number;
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolList"];
                };
            };
        };
    };
    "contracts.upstreams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamList"];
                };
            };
        };
    };
    "customers.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
        };
    };
    "events.types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeList"];
                };
            };
        };
    };
    "events.one_type": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeView"];
                };
            };
        };
    };
    "events.listed": {
        parameters: {
            query?: {
                before?: string | null;
                event?: string | null;
                limit?: number;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    "events.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventDetail"];
                };
            };
        };
    };
    "events.fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    caused_by?: string | null;
                    data?: {
                        [key: string]: unknown;
                    };
                    event: string;
                    occurred_at?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedView"];
                };
            };
        };
    };
    "me.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeView"];
                };
            };
        };
    };
    "runs.listed": {
        parameters: {
            query?: {
                before?: string | null;
                limit?: number;
                thread_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
        };
    };
    "runs.ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    session?: string;
                    /**
                     * @default admin
                     * @enum {string}
                     */
                    surface?: "admin" | "customer" | "writing";
                    text: string;
                    thread_id?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.show": {
        parameters: {
            query?: {
                wait_s?: number;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.answer": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    choice?: string | null;
                    slot: string;
                    text?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.confirm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    digest: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.decide": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    verdict: "resend" | "happened" | "did_not_happen";
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.edit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    changes: {
                        [key: string]: string;
                    };
                    digest: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "runs.records": {
        parameters: {
            query?: {
                start?: number;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordsPage"];
                };
            };
        };
    };
    "runs.reject": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    misread?: boolean;
                    /** @default  */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
        };
    };
    "tickets.listed": {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description Any declared field and the value it must have (`status=open&customer_id=7`); one given twice may have either. */
                fields?: {
                    [key: string]: string;
                };
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordPage"];
                };
            };
        };
    };
    "deliveries.listed": {
        parameters: {
            query?: {
                before?: string | null;
                endpoint?: string | null;
                event?: string | null;
                event_id?: string | null;
                limit?: number;
                since?: string | null;
                state?: ("pending" | "succeeded" | "failed")[] | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
        };
    };
    "deliveries.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetail"];
                };
            };
        };
    };
    "deliveries.resend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
        };
    };
    "webhooks.listed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointList"];
                };
            };
        };
    };
    "webhooks.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    description?: string;
                    events: string[];
                    headers?: {
                        [key: string]: string;
                    };
                    per_minute?: number | null;
                    url: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointWithSecret"];
                };
            };
        };
    };
    "webhooks.show": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
        };
    };
    "webhooks.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhooks.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    description?: string;
                    events?: string[];
                    headers?: {
                        [key: string]: string;
                    };
                    per_minute?: number | null;
                    /** @default  */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
        };
    };
    "webhooks.pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
        };
    };
    "webhooks.recover": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    since: string;
                    until?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpanView"];
                };
            };
        };
    };
    "webhooks.replay": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    since: string;
                    until?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpanView"];
                };
            };
        };
    };
    "webhooks.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointView"];
                };
            };
        };
    };
    "webhooks.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointWithSecret"];
                };
            };
        };
    };
    "webhooks.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                    event?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
        };
    };
}

export type Accepted = components["schemas"]["AcceptedView"];
export type CallOutcome = components["schemas"]["CallOutcome"];
export type Candidate = components["schemas"]["Candidate"];
export type Card = components["schemas"]["CardView"];
export type Connector = components["schemas"]["ConnectorView"];
export type Contract = components["schemas"]["ContractView"];
export type ContractSummary = components["schemas"]["ContractSummary"];
export type ContractVersion = components["schemas"]["VersionView"];
export type Delivery = components["schemas"]["DeliveryView"];
export type DeliveryDetail = components["schemas"]["DeliveryDetail"];
export type DeliveryPage = components["schemas"]["DeliveryPage"];
export type Endpoint = components["schemas"]["EndpointView"];
export type EndpointWithSecret = components["schemas"]["EndpointWithSecret"];
export type EventDetail = components["schemas"]["EventDetail"];
export type EventPage = components["schemas"]["EventPage"];
export type EventType = components["schemas"]["EventTypeView"];
export type EventView = components["schemas"]["EventView"];
export type Me = components["schemas"]["MeView"];
export type Question = components["schemas"]["QuestionView"];
export type RecordPage = components["schemas"]["RecordPage"];
export type RecordView = components["schemas"]["RecordView"];
export type Refusal = components["schemas"]["RefusalView"];
export type Registered = components["schemas"]["RegisteredView"];
export type Retired = components["schemas"]["RetiredView"];
export type Run = components["schemas"]["RunView"];
export type RunPage = components["schemas"]["RunPage"];
export type Span = components["schemas"]["SpanView"];
export type ToolList = components["schemas"]["ToolList"];
