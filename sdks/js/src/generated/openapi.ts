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
         * @description ``id`` names the event from now on; everything that reacts to it carries it. ``mode`` ``test``: a test key fired
         *     it, and nobody reacts to it. ``did_you_mean``: the universal event whose name is a letter or two from this custom
         *     one; nobody who waits for that hears of this one.
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
         * @description ``response`` is text as far as the answer's bytes are UTF-8, at most 64 KiB (``response_cut``: there was
         *     more).
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
         * @description Outcome of one call. ``unknown`` means it may have happened: no answer came. ``answer`` is at most 64 KiB of the
         *     body as text.
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
         *     ``method`` and ``headers`` are those of the request; the headers of a signed POST, and the credentials of a
         *     ``connection``, are added when it is sent.
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
        /** @description One thing a question offers. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A"). */
        Candidate: {
            /** @default  */
            detail: string;
            id: string;
            label: string;
            /** @default [] */
            marks: string[];
        };
        /**
         * @description Exactly what will be sent, where, and where each value comes from. Confirm it by its ``digest``. ``held`` says
         *     why it must be confirmed; ``confirm_by`` who may: ``person`` is somebody signed in to the console, and no API key.
         *     ``drift`` is what has changed since the card before this one.
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
         * @description Value computed by code from numbers that were typed and fields of records. ``reading`` is the sum; ``records``
         *     are what it rests on ("invoice INV-1042"). ``read_by`` says who read the numbers.
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
        /** @description ``available``: found, not configured here. ``broken`` says why where it does not work. */
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
         * @description ``contract`` is the declaration as signed, ``jws`` its detached signature (RFC 7515), null for who is no
         *     owner.
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
        /** @description Value from the contract's own default. */
        DefaultSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "default";
        };
        /** @description ``body`` is what is sent, byte for byte, as text. */
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
        /** @description ``next`` goes into ``before`` for the page after this one; null at the end. */
        DeliveryPage: {
            data: components["schemas"]["DeliveryView"][];
            next: string | null;
        };
        /** @description One event on its way to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt. */
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
        EndpointList: {
            data: components["schemas"]["EndpointView"][];
        };
        /**
         * @description ``headers`` are the names alone. ``why`` says why it is disabled. ``previous_secret_until``: signed with two
         *     secrets until then. ``did_you_mean``: the universal events whose names are a letter or two from custom ones that it
         *     waits for, by those.
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
        /** @description ``secret`` signs the deliveries; it is shown this once. */
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
        /** @description An event with its reactions in the order in which they come. */
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
        /** @description ``next`` goes into ``before`` for the page after this one; null at the end. */
        EventPage: {
            data: components["schemas"]["EventView"][];
            next: string | null;
        };
        EventTypeList: {
            data: components["schemas"]["EventTypeView"][];
        };
        /** @description A universal event. ``schema`` is the JSON Schema of its data, ``sample`` an example that fits it. */
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
         * @description ``caused_by`` is the event, run or call it was fired because of, ``depth`` how many events stand above it in that
         *     chain. ``state``: firing until every subscriber has had its turn. ``mode`` ``test``: a test key fired it, and nobody
         *     reacts to it.
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
         * @description Value given as data by an API caller or an event. ``pointer`` is its place in that (JSON Pointer), ``ref`` the
         *     key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam Novak").
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
         * @description ``success_rate_24h`` is null where nothing was attempted; ``slowed_s`` is how long it is left alone after each
         *     attempt.
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
        /** @description ``fields`` are all that is ever read of such a record. */
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
        /**
         * @description One value of a call, as sent (``value``), as a person reads it (``shown``), and where it came from
         *     (``source``).
         */
        ParamView: {
            label: string;
            name: string;
            shown: string;
            source: components["schemas"]["PromptSource"] | components["schemas"]["RecordSource"] | components["schemas"]["ComputedSource"] | components["schemas"]["ProposedSource"] | components["schemas"]["DefaultSource"] | components["schemas"]["GivenSource"];
            value: unknown;
        };
        /**
         * @description Value from the person's words. ``reading`` says how, where that isn't obvious ("next Friday → 2026-12-04").
         *     ``read_by`` is ``code`` where code reads this very value from the words, ``model`` where only a model does: then a
         *     person must see it first.
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
         * @description Value proposed by a model, with no words for it. Only ever shown, marked and editable, on a card that a person
         *     confirms.
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
        /** @description The open question of a run in the state ``asked``: answer its ``slot`` with a candidate's id or in words. */
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
         * @description What one subscriber made of an event; lower ``priority`` comes first. ``skipped``: a blocking one before it
         *     failed.
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
        /** @description ``next`` goes into ``cursor`` for the page after this one; null at the end. */
        RecordPage: {
            data: components["schemas"]["RecordView"][];
            next: string | null;
        };
        /**
         * @description Value from a record that was looked up. ``spans`` are the words that led to the record, ``via`` the records
         *     passed on the way ("customer Adam Novak").
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
         * @description Records that an answer rests on, as they are now. ``count`` is how many there are in all, ``next`` the ``start``
         *     of the page after this one.
         */
        RecordsPage: {
            count: number | null;
            data: components["schemas"]["Candidate"][];
            next: number | null;
        };
        /** @description One record. ``data`` holds its declared fields; ``label`` and ``detail`` are how a person sees it. */
        RecordView: {
            data: {
                [key: string]: unknown;
            };
            detail: string;
            id: string;
            kind: string;
            label: string;
        };
        /** @description Why nothing was done. ``nearest`` are the names of actions that come closest. */
        RefusalView: {
            code: string;
            detail: string;
            nearest: string[];
        };
        RegisteredList: {
            data: components["schemas"]["RegisteredView"][];
        };
        /**
         * @description ``fresh`` False: this very version stood already. ``secret``: made now for the endpoint's origin and shown this
         *     once; it signs the calls to it.
         */
        RegisteredView: {
            digest: string;
            fresh: boolean;
            name: string;
            secret: string | null;
            version: number;
        };
        /**
         * @description The answer of a run in the state ``answered``, worked out by code from records. ``values`` are what was asked
         *     for, as people write it; ``records`` what it rests on (one page; ``count`` is how many there are); ``actions`` the
         *     names of actions that fit those records.
         */
        ReplyView: {
            actions: string[];
            count: number | null;
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
        /** @description ``next`` goes into ``before`` for the page after this one; null at the end. */
        RunPage: {
            data: components["schemas"]["RunView"][];
            next: string | null;
        };
        /**
         * @description One request from the words (or the given values) to the outcome. Rendered prompts and raw responses are not in
         *     it: they are in AI History, for owners. ``thread_id`` is the first request of its thread. ``mode`` ``test``: a test
         *     key asked for it, and nothing of it is ever sent.
         */
        RunView: {
            actor: components["schemas"]["ActorView"];
            card: components["schemas"]["CardView"] | null;
            cause: components["schemas"]["Cause"] | null;
            /** Format: date-time */
            created_at: string;
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
        /** @description ``verified`` False: it is never offered, chosen or run; ``why`` says which check failed. */
        SignatureView: {
            verified: boolean;
            why: string | null;
        };
        /**
         * @description Words at their place in the text. ``origin`` 0 is the request's text, n the n-th answer; ``start``/``end`` are
         *     code point offsets in it.
         */
        Span: {
            end: number;
            /** @default 0 */
            origin: number;
            start: number;
            text: string;
        };
        /** @description What is being sent again, in the background: ``since`` is included, ``until`` is not. */
        SpanView: {
            endpoint: string;
            id: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        /** @description ``state`` is ``suspended``: neither offered nor sent until an owner has looked at it in the console. */
        SuspendedView: {
            name: string;
            state: string;
            version: number;
        };
        /** @description ``more``: further actions are left out; ask with a higher ``limit``, or with words of ``q``. */
        ToolList: {
            data: components["schemas"]["ToolView"][];
            more: boolean;
        };
        /**
         * @description ``tool`` is what a model is given, in its own form; ``action`` what ``POST /v1/actions/run`` runs when the model
         *     calls it, with the arguments as ``params``.
         */
        ToolView: {
            action: string;
            tool: {
                [key: string]: unknown;
            };
        };
        /**
         * @description What changed, as ``opsiq import diff`` tells it. ``document`` is the newer document's digest: once an owner has
         *     put the contract in force again, the same document does not suspend it another time.
         */
        UpstreamChange: {
            /** @enum {string} */
            change: "removed" | "incompatible" | "compatible";
            /** @default [] */
            details: string[];
            document?: string | null;
            operation: string;
        };
        /** @description The declarations of contracts that were drafted from another system's document, as they were signed. */
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
