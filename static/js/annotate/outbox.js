// Every answer is kept on this device the moment it is given, and forgotten only when the server says it has it.
// Entries lie in localStorage, one key each, so that tabs never overwrite each other's; names sort in the order given.
class Outbox {
  static MOST = 40;

  constructor({ key, urls, token, on }) {
    this.prefix = `outbox:${key}:`;
    this.urls = urls;
    this.token = token;
    this.on = on;
    this.memory = new Map(); // where the browser refuses storage
    this.sending = [];
    this.failures = 0;
    this.renewals = 0;
    this.blocked = false;
    this.savedAt = null;
    this.last = this.names().reduce((latest, name) => Math.max(latest, Number(name.split(":")[2])), 0);
    addEventListener("online", () => this.hurry());
    addEventListener("storage", ({ key: name, newValue }) => {
      if (!name?.startsWith(this.prefix)) return;
      if (newValue === null) this.savedAt = Date.now(); // another tab sent it
      this.changed();
    });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.hurry(); });
  }

  static id() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  names() {
    const names = [...this.memory.keys()];
    try {
      for (let i = 0; i < localStorage.length; i += 1) {
        const name = localStorage.key(i);
        if (name.startsWith(this.prefix)) names.push(name);
      }
    } catch { /* no storage: memory alone */ }
    return names.sort();
  }

  entries() {
    const found = [];
    for (const name of this.names()) {
      const text = this.memory.get(name) ?? localStorage.getItem(name);
      if (text) found.push({ name, ...JSON.parse(text) });
    }
    return found;
  }

  answersFor(assignment) {
    return this.entries().filter((entry) => entry.kind === "answer" && entry.assignment === assignment);
  }

  reportsOf(assignment) {
    return this.entries().filter((entry) => entry.kind === "report" && entry.assignment === assignment);
  }

  waitsToSubmit(assignment) {
    return this.entries().some((entry) => entry.kind === "submit" && entry.assignment === assignment);
  }

  keep(entry) {
    this.last = Math.max(Date.now(), this.last + 1);
    const id = Outbox.id();
    const name = `${this.prefix}${String(this.last).padStart(15, "0")}:${id}`;
    const text = JSON.stringify({ id, at: new Date(this.last).toISOString(), ...entry });
    try { localStorage.setItem(name, text); } catch { this.memory.set(name, text); }
    this.changed();
    this.flush();
    return id;
  }

  forget(entries) {
    for (const { name } of entries) {
      this.memory.delete(name);
      try { localStorage.removeItem(name); } catch { /* it was in memory */ }
    }
  }

  // Take a waiting submission back; false once it is on its way.
  withdraw(assignment) {
    const waiting = this.entries().filter((entry) => entry.kind === "submit" && entry.assignment === assignment);
    if (!waiting.length || this.sending.some((entry) => entry.kind === "submit")) return false;
    this.forget(waiting);
    this.changed();
    return true;
  }

  hurry() {
    if (this.blocked) { this.renew().then((welcome) => { if (welcome) this.resume(); }).catch(() => {}); return; }
    this.failures = 0;
    this.flush();
  }

  resume() {
    this.blocked = false;
    this.failures = 0;
    this.on.back();
    this.flush();
  }

  async flush() {
    if (this.running || this.blocked) return;
    this.running = true;
    clearTimeout(this.timer);
    this.timer = null;
    try {
      const drain = () => this.drain();
      if (navigator.locks) await navigator.locks.request(this.prefix, drain); // one sender among all tabs
      else await drain();
    } finally {
      this.running = false;
      this.changed();
    }
    if (!this.timer && !this.blocked && this.names().length) this.flush();
  }

  async drain() {
    for (;;) {
      const batch = this.nextBatch();
      if (!batch.length) return;
      this.sending = batch;
      this.changed();
      try {
        const response = await this.post(batch);
        if (!(await this.settle(batch, response))) return;
      } catch {
        this.later();
        return;
      } finally {
        this.sending = [];
      }
    }
  }

  // The longest run from the head that fits one request: answers of one assignment, or one submission or report.
  nextBatch() {
    const entries = this.entries();
    const head = entries[0];
    if (!head || head.kind !== "answer") return entries.slice(0, 1);
    const stop = entries.findIndex((entry) => entry.kind !== "answer" || entry.assignment !== head.assignment);
    return entries.slice(0, Math.min(stop < 0 ? entries.length : stop, Outbox.MOST));
  }

  post(batch) {
    const [head] = batch;
    if (head.kind === "report") return this.request(this.urls.report, { assignment: head.assignment, client_key: head.id, raised: head.at, text: head.text, withdraws: head.withdraws });
    const body = { assignment: head.assignment, active_seconds: batch.at(-1).active_seconds };
    if (head.kind === "answer") body.answers = batch.map(({ id, at, answer }) => ({ client_key: id, answered: at, ...answer }));
    return this.request(head.kind === "answer" ? this.urls.answers : this.urls.submit, body);
  }

  request(url, body) {
    return fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout?.(20000),
      redirect: "error",
    });
  }

  async settle(batch, response) {
    if (response.status === 401 || response.status === 403) return this.comeBack();
    if (!response.ok && response.status !== 409) throw new Error(`status ${response.status}`);
    const isScreen = response.headers.get("Content-Type").startsWith("text/html");
    const said = isScreen ? await response.text() : await response.json();
    this.failures = 0;
    this.renewals = 0;
    if (said.state === "over") { // the deadline may still be moved: kept, and tried again
      this.forget(batch.filter((entry) => said.saved?.includes(entry.id)));
      this.on.over();
      this.failures = 6;
      this.later();
      return false;
    }
    if (batch[0].kind === "submit") {
      this.forget(batch);
      this.savedAt = Date.now();
      if (isScreen) this.on.screen(said);
      else this.on.missing(said);
    } else {
      const known = new Set([...said.saved, ...said.refused.map((refusal) => refusal.client_key)]);
      const settled = batch.filter((entry) => known.has(entry.id));
      if (!settled.length) throw new Error("the server named none of the answers");
      this.forget(settled);
      if (said.saved.length) this.savedAt = Date.now();
      this.on.receipt(said, batch[0]);
    }
    return true;
  }

  // A form token may be stale (signed in elsewhere) or the session gone; only the second needs a person.
  async comeBack() {
    if (this.renewals < 2 && (await this.renew())) {
      this.renewals += 1;
      return true;
    }
    this.blocked = true;
    this.on.signedOut();
    return false;
  }

  async renew() {
    const response = await fetch(this.urls.ticket, { headers: { Accept: "application/json" }, redirect: "error" });
    const ticket = await response.json();
    this.token = ticket.token;
    return ticket.welcome;
  }

  later() {
    this.failures += 1;
    const wait = Math.min(15000, 500 * 2 ** Math.min(this.failures, 6)) * (0.8 + 0.4 * Math.random());
    this.timer = setTimeout(() => this.flush(), wait);
    this.changed();
  }

  changed() {
    const waiting = this.entries();
    const since = waiting.length ? Date.now() - Date.parse(waiting[0].at) : 0;
    let state = "idle";
    if (this.blocked && waiting.length) state = "signed-out";
    else if (waiting.length) state = this.failures || since > 4000 ? "kept" : "saving";
    else if (this.savedAt) state = "saved";
    const count = (kind) => waiting.filter((entry) => entry.kind === kind).length;
    this.on.status({ state, count: count("answer"), reports: count("report"), savedAt: this.savedAt });
  }
}
