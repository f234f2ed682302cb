/** What the operations of the API's document (generated/openapi.ts) take and answer. */
import type { paths, Run } from "./generated/openapi.js";

export type * from "./generated/openapi.js";
export type { EventName } from "./generated/events.js";
export type RunState = Run["state"];
export type Surface = Run["surface"];

/** One value that won't do, by JSON Pointer. */
export type Fault = Readonly<{ pointer: string; code: string; detail: string }>;

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
