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
         * AcceptedView
         * @description ``id`` names the event from now on; everything that reacts to it carries it.
         */
        AcceptedView: {
            /** Event */
            event: string;
            /** Id */
            id: string;
        };
        /** ActorView */
        ActorView: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Role */
            role: string;
        };
        /** ApprovalView */
        ApprovalView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Name */
            name: string;
        };
        /**
         * AttemptView
         * @description ``response`` is text as far as the answer's bytes are UTF-8, at most 64 KiB (``response_cut``: there was more).
         */
        AttemptView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** By Hand */
            by_hand: boolean;
            /** Detail */
            detail: string;
            /** Duration Ms */
            duration_ms: number;
            /** Error */
            error: string | null;
            /** N */
            n: number;
            /** Request Headers */
            request_headers: {
                [key: string]: string;
            };
            /** Response */
            response: string;
            /** Response Cut */
            response_cut: boolean;
            /** Status */
            status: number | null;
        };
        /**
         * CallOutcome
         * @description What came of one call. ``unknown`` means it may have happened: no answer came. ``answer`` is at most 64 KiB of the body as text.
         */
        CallOutcome: {
            /** Answer */
            answer?: string | null;
            /**
             * Attempts
             * @default 0
             */
            attempts: number;
            /** Call Id */
            call_id: string;
            /**
             * Detail
             * @default
             */
            detail: string;
            /**
             * Duration Ms
             * @default 0
             */
            duration_ms: number;
            /** Result Fits */
            result_fits?: boolean | null;
            /**
             * State
             * @enum {string}
             */
            state: "planned" | "begun" | "succeeded" | "failed" | "unknown" | "skipped";
            /** Status */
            status?: number | null;
        };
        /**
         * CallView
         * @description One call of the card. ``payload`` are the exact bytes that are sent to ``url``, as text.
         */
        CallView: {
            /** Action */
            action: string;
            /** Call Id */
            call_id: string;
            /** Params */
            params: components["schemas"]["ParamView"][];
            /** Payload */
            payload: string;
            /** Preview */
            preview: string;
            /**
             * Risk
             * @enum {string}
             */
            risk: "read" | "write" | "irreversible";
            /** Title */
            title: string;
            /** Url */
            url: string;
            /** Version */
            version: number;
        };
        /**
         * Candidate
         * @description One thing a question offers. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A").
         */
        Candidate: {
            /**
             * Detail
             * @default
             */
            detail: string;
            /** Id */
            id: string;
            /** Label */
            label: string;
            /**
             * Marks
             * @default []
             */
            marks: string[];
        };
        /**
         * CardView
         * @description Exactly what will be sent, where, and where each value comes from. Confirm it by its ``digest``. ``held`` says why a person must
         *     confirm; ``drift`` what has changed since the card before this one.
         */
        CardView: {
            /** Approvals */
            approvals: components["schemas"]["ApprovalView"][];
            /** Approvals Needed */
            approvals_needed: number;
            /** Calls */
            calls: components["schemas"]["CallView"][];
            /** Digest */
            digest: string;
            /** Drift */
            drift: string[];
            /** Held */
            held: string[];
        };
        /**
         * Cause
         * @description What started a run that nobody typed: the event, and the rule or instruction (``source``, by its ``name``) that met it.
         */
        Cause: {
            /** Event */
            event: string;
            /** Event Id */
            event_id: string;
            /** Name */
            name: string;
            /** Source */
            source: string;
        };
        /** ConnectorList */
        ConnectorList: {
            /** Data */
            data: components["schemas"]["ConnectorView"][];
        };
        /**
         * ConnectorView
         * @description ``available``: found, not configured here. ``broken`` says why where it does not work.
         */
        ConnectorView: {
            /** Broken */
            broken: string | null;
            /** Kinds */
            kinds: components["schemas"]["KindView"][];
            /** Name */
            name: string;
            /**
             * State
             * @enum {string}
             */
            state: "enabled" | "disabled" | "broken" | "available";
            /** Title */
            title: string;
        };
        /** ContractList */
        ContractList: {
            /** Data */
            data: components["schemas"]["ContractSummary"][];
        };
        /** ContractSummary */
        ContractSummary: {
            /** Description */
            description: string;
            /** Digest */
            digest: string;
            /** Name */
            name: string;
            /** Policy */
            policy: string;
            /** Risk */
            risk: string;
            /** Roles */
            roles: string[];
            signature: components["schemas"]["SignatureView"];
            /** Surfaces */
            surfaces: string[];
            /** Title */
            title: string;
            /** Version */
            version: number;
        };
        /**
         * ContractView
         * @description ``contract`` is the declaration as signed, ``jws`` its detached signature (RFC 7515), null for who is no owner.
         */
        ContractView: {
            /** Contract */
            contract: {
                [key: string]: unknown;
            };
            /** Digest */
            digest: string;
            /** Jws */
            jws: string | null;
            /** Name */
            name: string;
            signature: components["schemas"]["SignatureView"];
            /** State */
            state: string;
            /** Version */
            version: number;
        };
        /**
         * DefaultSource
         * @description The contract's own default.
         */
        DefaultSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "default";
        };
        /**
         * DeliveryDetail
         * @description ``body`` is what is sent, byte for byte, as text.
         */
        DeliveryDetail: {
            /** Attempt Log */
            attempt_log: components["schemas"]["AttemptView"][];
            /** Attempts */
            attempts: number;
            /** Body */
            body: string;
            /**
             * Cause
             * @enum {string}
             */
            cause: "event" | "replay" | "test";
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Detail */
            detail: string;
            /** Endpoint */
            endpoint: string;
            /** Error */
            error: string | null;
            /** Event */
            event: string;
            /** Event Id */
            event_id: string;
            /** Finished At */
            finished_at: string | null;
            /** First Attempt At */
            first_attempt_at: string | null;
            /** Id */
            id: string;
            /** Next Attempt At */
            next_attempt_at: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "succeeded" | "failed";
            /** Status */
            status: number | null;
        };
        /**
         * DeliveryPage
         * @description ``next`` goes into ``before`` for the page after this one; null at the end.
         */
        DeliveryPage: {
            /** Data */
            data: components["schemas"]["DeliveryView"][];
            /** Next */
            next: string | null;
        };
        /**
         * DeliveryView
         * @description One event on its way to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt.
         */
        DeliveryView: {
            /** Attempts */
            attempts: number;
            /**
             * Cause
             * @enum {string}
             */
            cause: "event" | "replay" | "test";
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Detail */
            detail: string;
            /** Endpoint */
            endpoint: string;
            /** Error */
            error: string | null;
            /** Event */
            event: string;
            /** Event Id */
            event_id: string;
            /** Finished At */
            finished_at: string | null;
            /** First Attempt At */
            first_attempt_at: string | null;
            /** Id */
            id: string;
            /** Next Attempt At */
            next_attempt_at: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "succeeded" | "failed";
            /** Status */
            status: number | null;
        };
        /** EndpointList */
        EndpointList: {
            /** Data */
            data: components["schemas"]["EndpointView"][];
        };
        /**
         * EndpointView
         * @description ``headers`` are the names alone. ``why`` says why it is disabled. ``previous_secret_until``: signed with two secrets until then.
         */
        EndpointView: {
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Events */
            events: string[];
            /** Headers */
            headers: string[];
            health: components["schemas"]["HealthOfEndpoint"];
            /** Id */
            id: string;
            /** Per Minute */
            per_minute: number | null;
            /** Previous Secret Until */
            previous_secret_until: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "active" | "paused" | "disabled" | "deleted";
            /** Url */
            url: string;
            /** Why */
            why: string;
        };
        /**
         * EndpointWithSecret
         * @description ``secret`` signs the deliveries; it is shown this once.
         */
        EndpointWithSecret: {
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Events */
            events: string[];
            /** Headers */
            headers: string[];
            health: components["schemas"]["HealthOfEndpoint"];
            /** Id */
            id: string;
            /** Per Minute */
            per_minute: number | null;
            /** Previous Secret Until */
            previous_secret_until: string | null;
            /** Secret */
            secret: string;
            /**
             * State
             * @enum {string}
             */
            state: "active" | "paused" | "disabled" | "deleted";
            /** Url */
            url: string;
            /** Why */
            why: string;
        };
        /**
         * EventDetail
         * @description An event with its reactions in the order in which they come.
         */
        EventDetail: {
            /** Caused By */
            caused_by: string | null;
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Depth */
            depth: number;
            /** Event */
            event: string;
            /** Finished At */
            finished_at: string | null;
            /**
             * Fired At
             * Format: date-time
             */
            fired_at: string;
            /** Id */
            id: string;
            /**
             * Occurred At
             * Format: date-time
             */
            occurred_at: string;
            /** Origin */
            origin: string;
            /** Reactions */
            reactions: components["schemas"]["ReactionView"][];
            /** Request Id */
            request_id: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "firing" | "done";
        };
        /**
         * EventPage
         * @description ``next`` goes into ``before`` for the page after this one; null at the end.
         */
        EventPage: {
            /** Data */
            data: components["schemas"]["EventView"][];
            /** Next */
            next: string | null;
        };
        /** EventTypeList */
        EventTypeList: {
            /** Data */
            data: components["schemas"]["EventTypeView"][];
        };
        /**
         * EventTypeView
         * @description A universal event. ``schema`` is the JSON Schema of its data, ``sample`` an example that fits it.
         */
        EventTypeView: {
            /** Category */
            category: string;
            /** Description */
            description: string;
            /** Name */
            name: string;
            /** Sample */
            sample: {
                [key: string]: unknown;
            };
            /** Schema */
            schema: {
                [key: string]: unknown;
            };
            /** Title */
            title: string;
        };
        /**
         * EventView
         * @description ``caused_by`` is the event, run or call it was fired because of, ``depth`` how many events stand above it in that chain. ``state``:
         *     firing until every subscriber has had its turn.
         */
        EventView: {
            /** Caused By */
            caused_by: string | null;
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Depth */
            depth: number;
            /** Event */
            event: string;
            /** Finished At */
            finished_at: string | null;
            /**
             * Fired At
             * Format: date-time
             */
            fired_at: string;
            /** Id */
            id: string;
            /**
             * Occurred At
             * Format: date-time
             */
            occurred_at: string;
            /** Origin */
            origin: string;
            /** Request Id */
            request_id: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "firing" | "done";
        };
        /** FieldView */
        FieldView: {
            /** Label */
            label: string;
            /** Name */
            name: string;
            /** Type */
            type: string;
        };
        /**
         * GivenSource
         * @description Given as data by an API caller or an event. ``pointer`` is its place in that (JSON Pointer), ``ref`` the key's public part or the
         *     event's id. ``reading`` says what it was checked against ("customer Adam Novak").
         */
        GivenSource: {
            /**
             * By
             * @enum {string}
             */
            by: "api" | "event";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "given";
            /** Pointer */
            pointer: string;
            /**
             * Reading
             * @default
             */
            reading: string;
            /** Ref */
            ref: string;
        };
        /**
         * HealthOfEndpoint
         * @description ``success_rate_24h`` is null where nothing was attempted; ``slowed_s`` is how long it is left alone after each attempt.
         */
        HealthOfEndpoint: {
            /** Attempts 24H */
            attempts_24h: number;
            /** Consecutive Failures */
            consecutive_failures: number;
            /** Failing Since */
            failing_since: string | null;
            /** Last Failure At */
            last_failure_at: string | null;
            /** Last Success At */
            last_success_at: string | null;
            /** Slowed S */
            slowed_s: number;
            /** Success Rate 24H */
            success_rate_24h: number | null;
        };
        /**
         * KindView
         * @description ``fields`` are all that is ever read of such a record.
         */
        KindView: {
            /** Fields */
            fields: components["schemas"]["FieldView"][];
            /** Name */
            name: string;
            /** Title */
            title: string;
        };
        /** MeView */
        MeView: {
            key: components["schemas"]["MyKeyView"];
            /** Role */
            role: string;
            /** Workspace */
            workspace: string;
        };
        /** MyKeyView */
        MyKeyView: {
            /** Id */
            id: string;
            /** Mode */
            mode: string;
            /** Name */
            name: string;
            /** Public */
            public: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * ParamView
         * @description One value of a call, as sent (``value``), as a person reads it (``shown``), and where it came from (``source``).
         */
        ParamView: {
            /** Label */
            label: string;
            /** Name */
            name: string;
            /** Shown */
            shown: string;
            /** Source */
            source: components["schemas"]["PromptSource"] | components["schemas"]["RecordSource"] | components["schemas"]["DefaultSource"] | components["schemas"]["GivenSource"];
            /** Value */
            value: unknown;
        };
        /**
         * PromptSource
         * @description Read from the person's words. ``reading`` says how, where that isn't obvious ("next Friday → 2026-12-04").
         */
        PromptSource: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "prompt";
            /**
             * Reading
             * @default
             */
            reading: string;
            /** Spans */
            spans: components["schemas"]["Span"][];
        };
        /**
         * QuestionView
         * @description The open question of a run in the state ``asked``: answer its ``slot`` with a candidate's id or in words.
         */
        QuestionView: {
            /** Candidates */
            candidates: components["schemas"]["Candidate"][];
            /**
             * Code
             * @enum {string}
             */
            code: "ambiguous" | "missing" | "not_found" | "unclear_action" | "unreadable";
            /** Free Text */
            free_text: boolean;
            /** Missing */
            missing: string[];
            /** Slot */
            slot: string;
            /** Text */
            text: string;
        };
        /**
         * ReactionView
         * @description What one subscriber made of an event; lower ``priority`` comes first. ``skipped``: a blocking one before it failed.
         */
        ReactionView: {
            /** Attempts */
            attempts: number;
            /** Blocking */
            blocking: boolean;
            /** Detail */
            detail: string;
            /** Error */
            error: string;
            /** Finished At */
            finished_at: string | null;
            /** Priority */
            priority: number;
            /** Started At */
            started_at: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "retrying" | "done" | "failed" | "skipped";
            /** Subscriber */
            subscriber: string;
        };
        /**
         * RecordPage
         * @description ``next`` goes into ``cursor`` for the page after this one; null at the end.
         */
        RecordPage: {
            /** Data */
            data: components["schemas"]["RecordView"][];
            /** Next */
            next: string | null;
        };
        /**
         * RecordSource
         * @description Looked up. ``spans`` are the words that led to the record, ``via`` the records passed on the way ("customer Adam Novak").
         */
        RecordSource: {
            /** Field */
            field: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "record";
            /** Label */
            label: string;
            /**
             * Reading
             * @default
             */
            reading: string;
            /** Record Id */
            record_id: string;
            /** Record Kind */
            record_kind: string;
            /**
             * Spans
             * @default []
             */
            spans: components["schemas"]["Span"][];
            /**
             * Via
             * @default []
             */
            via: string[];
        };
        /**
         * RecordView
         * @description One record. ``data`` holds its declared fields; ``label`` and ``detail`` are how a person sees it.
         */
        RecordView: {
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Detail */
            detail: string;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Label */
            label: string;
        };
        /**
         * RefusalView
         * @description Why nothing was done. ``nearest`` are the names of actions that come closest.
         */
        RefusalView: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Nearest */
            nearest: string[];
        };
        /** RegisteredList */
        RegisteredList: {
            /** Data */
            data: components["schemas"]["RegisteredView"][];
        };
        /**
         * RegisteredView
         * @description ``fresh`` False: this very version stood already. ``secret``: made now for the endpoint's origin and shown this once; it signs the
         *     calls to it.
         */
        RegisteredView: {
            /** Digest */
            digest: string;
            /** Fresh */
            fresh: boolean;
            /** Name */
            name: string;
            /** Secret */
            secret: string | null;
            /** Version */
            version: number;
        };
        /** RetiredView */
        RetiredView: {
            /** Name */
            name: string;
            /** State */
            state: string;
            /** Version */
            version: number;
        };
        /**
         * RunPage
         * @description ``next`` goes into ``before`` for the page after this one; null at the end.
         */
        RunPage: {
            /** Data */
            data: components["schemas"]["RunView"][];
            /** Next */
            next: string | null;
        };
        /**
         * RunView
         * @description One request from the words (or the given values) to the outcome. Rendered prompts and raw responses are not in it: they are in AI
         *     History, for owners.
         */
        RunView: {
            actor: components["schemas"]["ActorView"];
            card: components["schemas"]["CardView"] | null;
            cause: components["schemas"]["Cause"] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /** Outcomes */
            outcomes: components["schemas"]["CallOutcome"][];
            question: components["schemas"]["QuestionView"] | null;
            /** Reason */
            reason: string | null;
            refusal: components["schemas"]["RefusalView"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "received" | "asked" | "held" | "confirmed" | "executing" | "succeeded" | "failed" | "unknown" | "refused" | "abstained" | "rejected" | "expired";
            /**
             * Surface
             * @enum {string}
             */
            surface: "admin" | "customer" | "writing";
            /** Text */
            text: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * SignatureView
         * @description ``verified`` False: it is never offered, chosen or run; ``why`` says which check failed.
         */
        SignatureView: {
            /** Verified */
            verified: boolean;
            /** Why */
            why: string | null;
        };
        /**
         * Span
         * @description Words as they stand. ``origin`` 0 is the request's text, n the n-th answer; ``start``/``end`` are code point offsets in it.
         */
        Span: {
            /** End */
            end: number;
            /**
             * Origin
             * @default 0
             */
            origin: number;
            /** Start */
            start: number;
            /** Text */
            text: string;
        };
        /**
         * SpanView
         * @description What is being sent again, in the background: ``since`` is included, ``until`` is not.
         */
        SpanView: {
            /** Endpoint */
            endpoint: string;
            /** Id */
            id: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /**
             * Until
             * Format: date-time
             */
            until: string;
        };
        /** VersionList */
        VersionList: {
            /** Data */
            data: components["schemas"]["VersionView"][];
        };
        /** VersionView */
        VersionView: {
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Digest */
            digest: string;
            /** Registered By */
            registered_by: string;
            /** State */
            state: string;
            /** Version */
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
                /**
                 * @example {
                 *       "action": "saas.send_kb_link",
                 *       "params": {
                 *         "ticket_id": 5519,
                 *         "article": "how-to-reset-password"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** Action */
                    action: string;
                    /** Params */
                    params?: {
                        [key: string]: unknown;
                    };
                    /**
                     * Session
                     * @default
                     */
                    session?: string;
                    /**
                     * Surface
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
                /**
                 * @example {
                 *       "contracts": [
                 *         {
                 *           "schema": "opsiq/contract/v1",
                 *           "name": "shop.restock",
                 *           "title": "Restock an article",
                 *           "description": "Order more of an article.",
                 *           "surfaces": [
                 *             "admin"
                 *           ],
                 *           "roles": [
                 *             "owner"
                 *           ],
                 *           "parameters": {
                 *             "type": "object",
                 *             "additionalProperties": false,
                 *             "required": [
                 *               "sku"
                 *             ],
                 *             "properties": {
                 *               "sku": {
                 *                 "type": "string",
                 *                 "maxLength": 40,
                 *                 "description": "The article."
                 *               }
                 *             }
                 *           },
                 *           "endpoint": {
                 *             "url": "https://shop.example/opsiq/restock"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** Contracts */
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
                /**
                 * @example {
                 *       "event": "order.shipped",
                 *       "data": {
                 *         "customer_id": 421,
                 *         "order_ref": "NB-9182",
                 *         "carrier": "DHL"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** Caused By */
                    caused_by?: string | null;
                    /** Data */
                    data?: {
                        [key: string]: unknown;
                    };
                    /** Event */
                    event: string;
                    /** Occurred At */
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
                /**
                 * @example {
                 *       "text": "refund Adam's last invoice"
                 *     }
                 */
                "application/json": {
                    /**
                     * Session
                     * @default
                     */
                    session?: string;
                    /**
                     * Surface
                     * @default admin
                     * @enum {string}
                     */
                    surface?: "admin" | "customer" | "writing";
                    /** Text */
                    text: string;
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
                /**
                 * @example {
                 *       "slot": "0.invoice_id",
                 *       "choice": "11"
                 *     }
                 */
                "application/json": {
                    /** Choice */
                    choice?: string | null;
                    /** Slot */
                    slot: string;
                    /** Text */
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
                /**
                 * @example {
                 *       "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"
                 *     }
                 */
                "application/json": {
                    /** Digest */
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
                /**
                 * @example {
                 *       "verdict": "happened"
                 *     }
                 */
                "application/json": {
                    /**
                     * Verdict
                     * @enum {string}
                     */
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
                /**
                 * @example {
                 *       "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
                 *       "changes": {
                 *         "0.amount": "20 dollars"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** Changes */
                    changes: {
                        [key: string]: string;
                    };
                    /** Digest */
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
                /**
                 * @example {
                 *       "reason": "Wrong customer"
                 *     }
                 */
                "application/json": {
                    /**
                     * Reason
                     * @default
                     */
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
                /**
                 * @example {
                 *       "url": "https://example.com/hooks",
                 *       "events": [
                 *         "invoice.*",
                 *         "order.shipped"
                 *       ],
                 *       "description": "Ledger"
                 *     }
                 */
                "application/json": {
                    /**
                     * Description
                     * @default
                     */
                    description?: string;
                    /** Events */
                    events: string[];
                    /** Headers */
                    headers?: {
                        [key: string]: string;
                    };
                    /** Per Minute */
                    per_minute?: number | null;
                    /** Url */
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
                /**
                 * @example {
                 *       "events": [
                 *         "*"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * Description
                     * @default
                     */
                    description?: string;
                    /** Events */
                    events?: string[];
                    /** Headers */
                    headers?: {
                        [key: string]: string;
                    };
                    /** Per Minute */
                    per_minute?: number | null;
                    /**
                     * Url
                     * @default
                     */
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
                /**
                 * @example {
                 *       "since": "2026-11-24T06:00:00Z"
                 *     }
                 */
                "application/json": {
                    /**
                     * Since
                     * Format: date-time
                     */
                    since: string;
                    /** Until */
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
                /**
                 * @example {
                 *       "since": "2026-11-24T06:00:00Z"
                 *     }
                 */
                "application/json": {
                    /**
                     * Since
                     * Format: date-time
                     */
                    since: string;
                    /** Until */
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
                /**
                 * @example {
                 *       "endpoint": "whe_01JD8X4T5C6K7M8N9PQRSTVWXY",
                 *       "event": "invoice.paid"
                 *     }
                 */
                "application/json": {
                    /** Endpoint */
                    endpoint: string;
                    /** Event */
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
