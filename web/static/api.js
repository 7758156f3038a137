// Talks to the server; every failure is a Problem with one sentence for the reader.

export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const UNREACHABLE = new Problem("unreachable", "The server can't be reached. Is it still running?");
const CUT_OFF = new Problem("cut_off", "The answer broke off before it was complete.");

async function send(method, path, body, accept = "application/json") {
  const headers = { Accept: accept };
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw UNREACHABLE;
  }
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw error
    ? new Problem(error.code, error.message)
    : new Problem("status", `The server answered with status ${response.status}.`);
}

/** The JSON reply, or null where there is none. */
export async function call(method, path, body) {
  const response = await send(method, path, body);
  return response.status === 204 ? null : response.json();
}

/** The events of an answer, as [name, data], until the full record is there. */
export async function* askEvents(body) {
  const response = await send("POST", "/api/ask", body, "text/event-stream");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ done: true }));
    if (done) throw CUT_OFF;
    const frames = (text + value).split("\n\n");
    text = frames.pop();
    for (const frame of frames) {
      const [name, data] = parse(frame);
      if (name === "error") throw new Problem(data.error.code, data.error.message);
      yield [name, data];
      if (name === "answer") return;
    }
  }
}

function parse(frame) {
  const [event, data] = frame.split("\n");
  return [event.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
}
