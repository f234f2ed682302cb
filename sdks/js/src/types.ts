/** Names for what the server answers. The shapes are generated from its OpenAPI document (generated/openapi.ts). */
import type { components, paths } from "./generated/openapi.js";

type Schemas = components["schemas"];

export type Run = Schemas["RunView"];
export type RunState = Run["state"];
export type RunPage = Schemas["RunPage"];
export type Card = Schemas["CardView"];
export type Question = Schemas["QuestionView"];
export type Refusal = Schemas["RefusalView"];
export type CallOutcome = Schemas["CallOutcome"];
export type RecordView = Schemas["RecordView"];
export type RecordPage = Schemas["RecordPage"];
export type Accepted = Schemas["AcceptedView"];
export type EventView = Schemas["EventView"];
export type EventDetail = Schemas["EventDetail"];
export type EventPage = Schemas["EventPage"];
export type Endpoint = Schemas["EndpointView"];
export type EndpointWithSecret = Schemas["EndpointWithSecret"];
export type Delivery = Schemas["DeliveryView"];
export type DeliveryDetail = Schemas["DeliveryDetail"];
export type DeliveryPage = Schemas["DeliveryPage"];
export type Span = Schemas["SpanView"];
export type Connector = Schemas["ConnectorView"];
export type ContractSummary = Schemas["ContractSummary"];
export type Contract = Schemas["ContractView"];
export type ContractVersion = Schemas["VersionView"];
export type Registered = Schemas["RegisteredView"];
export type Retired = Schemas["RetiredView"];
export type Me = Schemas["MeView"];
export type Surface = Run["surface"];

/** One value that won't do, by JSON Pointer. */
export interface Fault {
  pointer: string;
  code: string;
  detail: string;
}

export type Method = "get" | "post" | "patch" | "delete";
/** The paths that can be called with a method. */
export type PathsOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<M, infer O> ? O : never;

export type Body<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;
export type Query<M extends Method, P extends keyof paths> = Operation<M, P> extends { parameters: { query?: infer Q } } ? Q : undefined;
export type Place<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { parameters: { path: infer A } } ? { [N in keyof A]: string | number } : undefined;
export type Answer<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R }
    ? { [S in keyof R]: R[S] extends { content: { "application/json": infer B } } ? B : undefined }[keyof R]
    : never;
