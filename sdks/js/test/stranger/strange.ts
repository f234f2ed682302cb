// What a stranger's compiler must take, and what it must not (test/stranger/package.test.mjs).
import { type ActionCall, ApiError, type Card, type EventName, type Held, OpsIQ, type Page, Receiver, type Run, type RunState, verifyEvent } from "@opsiq/sdk";

const ops = new OpsIQ({ publicKey: process.env["OPSIQ_KEY"], secretKey: process.env["OPSIQ_SECRET"], log: ({ status, requestId }) => { void [status, requestId]; } });

interface Shipped { customer_id: number; carrier?: string }

export async function use(request: Request): Promise<RunState> {
  const shipped: Shipped = { customer_id: 421 };
  const { id }: { id: string } = await ops.events.fire("order.shipped", shipped, { idempotencyKey: "k", occurredAt: new Date() });
  const own: string = "shop.restocked";
  await ops.events.fire(own);
  const paid: EventName = "invoice.paid";
  // @ts-expect-error no universal event is called so
  const misspelt: EventName = "invoice.payed";
  void [paid, misspelt];
  const result = await ops.actions.run("saas.refund_invoice", { invoice_id: 1042 }, { surface: "admin", signal: AbortSignal.timeout(1000) });
  if (result.held) {
    const card: Card = result.card;
    await result.confirm();
    const held: Held = result;
    void [card.calls[0]?.payload, held];
  } else {
    // @ts-expect-error only what is held has a card
    void result.card;
  }
  // @ts-expect-error there is no such surface
  await ops.actions.run("saas.refund_invoice", {}, { surface: "moon" });
  // @ts-expect-error a digest is needed
  await ops.runs.confirm(id);
  for await (const ticket of ops.tickets.list({ status: ["open"], urgent: true, limit: 10 })) void ticket.data["subject"];
  const page: Page<Run> = await ops.runs.list({ limit: 1 }).page();
  const event = await verifyEvent<{ amount: number }>(request, { secrets: process.env["SECRET"] });
  const amount: number = event.data.amount;
  const receiver = new Receiver({ secrets: [process.env["SECRET"], process.env["OLD"]] })
    .action<{ invoice_id: number }>("saas.refund_invoice", ({ params }, message) => ({ refunded: params.invoice_id, attempt: message.attempt }))
    .event("invoice.*", ({ data }) => { void data["amount"]; });
  const handler: (request: Request) => Promise<Response> = receiver.fetch();
  const call: ActionCall = { id: "", action: "", params: {}, actor: { id: "", name: "", role: "" }, contract_version: 1, run_id: "", workspace: "" };
  try {
    await ops.me.get();
  } catch (error) {
    if (error instanceof ApiError) void [error.code?.length, error.errors[0]?.pointer, error.requestId];
  }
  void [amount, handler, call, page.next];
  return (await result.wait({ timeoutS: 10 })).state;
}
