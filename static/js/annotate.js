// The judging page: what is before the annotator, what goes to the server, and what it says of that.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("words");
  const addresses = read("addresses");
  const preview = !addresses.answers;
  const key = addresses.key;
  const say = (text, values = {}) => Object.entries(values).reduce((line, [name, value]) => line.replace(`{${name}}`, value), text);
  const announce = (text) => { document.getElementById("announcer").textContent = text; };
  const channel = preview ? null : new BroadcastChannel(`judging:${key}`);
  let unit = null;
  let active = null;

  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]) {
    document.addEventListener(kind, () => active?.touch(), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => active?.tick());

  // --- the status line: only the server's word is "saved" ---------------------------------------------------------
  const line = document.getElementById("saved");
  let status = { state: "idle", count: 0 };
  function drawStatus() {
    if (preview) return;
    const { state, count, reports, savedAt } = status;
    const seconds = savedAt ? Math.round((Date.now() - savedAt) / 1000) : 0;
    const texts = {
      idle: "",
      saving: words.saving,
      saved: seconds < 2 ? words.saved : seconds < 60 ? say(words.savedSeconds, { count: seconds }) : say(words.savedMinutes, { count: Math.round(seconds / 60) }),
      kept: say([reports ? words.keptReport : words.keptFinish, words.keptOne][count] ?? words.keptMany, { count }),
      "signed-out": say(words.keptSignedOut, { count }),
    };
    if (line.textContent !== texts[state]) line.textContent = texts[state];
    if (line.dataset.state === state) return;
    const quiet = state === "saving" || (state === "saved" && line.dataset.state === "saving");
    line.dataset.state = state;
    if (!quiet) announce(texts[state]);
  }
  setInterval(() => (outbox ? outbox.changed() : drawStatus()), 1000);

  function notice(text, kind = "") {
    const box = document.getElementById("notices");
    box.replaceChildren();
    if (!text) return;
    const paragraph = document.createElement("p");
    paragraph.className = `notice ${kind}`;
    paragraph.append(text, " ");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "quiet";
    close.textContent = words.ok;
    close.addEventListener("click", () => notice(""));
    paragraph.append(close);
    box.append(paragraph);
  }

  // --- screens ----------------------------------------------------------------------------------------------------
  const chosen = { text: "" };
  function boot() {
    unit = null;
    const root = document.querySelector("[data-unit]");
    if (!root) { watch(null); report.begin(null, []); return; }
    const data = read("screen-data");
    unit = new DrawnUnit(root, data, { words, announce, keep: keepAnswer, finish, earlier });
    if (!preview) {
      for (const { answer } of outbox.answersFor(data.assignment)) unit.learn(answer);
      watch(data);
      unit.cursor = Math.max(0, unit.firstOpen());
    }
    report.begin(unit, preview ? [] : outbox.reportsOf(data.assignment));
    unit.draw();
    unit.tell();
    if (chosen.text && data.pair && data.mode === "judge") unit.root.querySelector("[data-where]").textContent = chosen.text;
    if (!preview && outbox.waitsToSubmit(data.assignment)) unit.hold(words.finishing);
    if (data.mode === "revise") notice(words.revising);
  }

  function watch(data) {
    if (active && active.assignment === data?.assignment) return;
    active?.stop();
    active = data && new ActiveClock(data.assignment, data.active_seconds);
  }

  // What the server sends are whole parts of the page, each with the id it replaces.
  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    notice("");
    for (const part of [...fresh.body.children]) if (part.id) document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
    boot();
    if (!unit) document.querySelector(".judge-card")?.focus();
  }

  async function fetchScreen(url, method) {
    try {
      const response = method === "POST" ? await outbox.request(url, {}) : await fetch(url);
      if (response.status === 401 || response.status === 403) {
        if (await outbox.comeBack()) fetchScreen(url, method);
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      show(await response.text());
    } catch {
      notice(words.noConnection, "warning");
      setTimeout(() => { if (!unit || unit.held) fetchScreen(url, method); }, 5000);
    }
  }
  const next = () => fetchScreen(addresses.next, "POST"); // takes the next unit
  const look = () => fetchScreen(addresses.screen, "GET"); // only shows what is so

  // --- what the annotator does ------------------------------------------------------------------------------------
  function keepAnswer(answer) {
    if (preview) return;
    const { assignment, amendment } = unit.data;
    outbox.keep({ kind: "answer", assignment, answer: { ...answer, amendment }, active_seconds: active.now() });
    channel.postMessage({ kind: "answer", assignment, answer });
  }

  function finish() {
    if (preview) { notice(words.previewEnd); return; }
    unit.forget();
    if (unit.data.pair && unit.steps.length === 1) {
      chosen.text = say(matchMedia("(max-width: 56rem), (hover: none)").matches ? words.chosenTap : words.chosen, { answer: unit.criterionAt(0).options.find((one) => one.value === unit.answerAt(0).value)?.label ?? words.cannot });
      announce(chosen.text);
    } else chosen.text = "";
    if (unit.data.mode === "revise") { unit.hold(words.finishing); next(); return; }
    unit.hold(words.finishing);
    outbox.keep({ kind: "submit", assignment: unit.data.assignment, active_seconds: active.now() });
  }

  // Undo before the submission has left takes it back; afterwards the finished one is opened again to be changed.
  function earlier(previous) {
    if (preview || !previous) { announce(words.nothingToUndo); return; }
    fetchScreen(addresses.earlier.replace("00000000-0000-0000-0000-000000000000", previous), "GET");
  }
  function undoHeld() {
    if (!unit?.held || preview || !outbox.withdraw(unit.data.assignment)) return false;
    unit.hold("");
    unit.undo();
    return true;
  }

  // --- what the server says ---------------------------------------------------------------------------------------
  const wayBack = document.getElementById("way-back");
  const outbox = preview ? null : new Outbox({
    key,
    urls: addresses,
    token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    on: {
      status: (fresh) => { status = fresh; drawStatus(); },
      screen: (html) => { show(html); channel.postMessage({ kind: "screen" }); },
      receipt: heard,
      over: () => { if (!document.querySelector("[data-screen=over]")) look(); },
      missing: (said) => { if (unit) { unit.hold(""); unit.end(); notice(said.message, "warning"); } },
      signedOut: () => {
        wayBack.querySelector("[data-kept]").textContent = say(status.count === 1 ? words.keptHereOne : words.keptHere, { count: status.count });
        if (!wayBack.open) wayBack.showModal();
      },
      back: () => { if (wayBack.open) wayBack.close(); if (!unit) next(); },
    },
  });

  async function heard(said, sent) {
    const { kind, assignment } = sent;
    const here = unit?.data.assignment === assignment && unit.data.mode === "judge";
    if (["closed", "left", "gone"].includes(said.state) || (here && said.state === "returned")) await look();
    if (kind === "report") report.heard(said, sent);
    if (said.refused.length) notice(say(words.refused, { count: said.refused.length, reason: said.refused[0].reason }), "error");
  }

  wayBack.querySelector("[data-way-back]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = wayBack.querySelector("[data-problem]");
    problem.textContent = "";
    try {
      await outbox.renew();
      const response = await outbox.request(addresses.back, { link: document.getElementById("way-back-link").value });
      const said = await response.json();
      if (!response.ok) { problem.textContent = said.problem; return; }
      outbox.token = said.token;
      outbox.resume();
    } catch { problem.textContent = words.noConnection; }
  });

  if (channel) channel.onmessage = ({ data }) => {
    if (data.kind === "answer" && unit?.data.assignment === data.assignment) {
      const atFront = unit.cursor === unit.firstOpen();
      unit.learn(data.answer);
      if (atFront && unit.firstOpen() >= 0) unit.cursor = unit.firstOpen();
      unit.draw();
    } else if (data.kind === "screen" && unit?.data.mode !== "revise") look();
  };

  const report = new Report({
    words,
    announce,
    notice,
    keep: (what) => {
      if (preview) { notice(words.previewReport); return null; }
      return outbox.keep({ kind: "report", ...what });
    },
  });

  // --- mouse, touch and keys --------------------------------------------------------------------------------------
  const open = (id) => { const dialog = document.getElementById(id); if (!dialog.open) dialog.showModal(); };
  const keysOff = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const keysSwitch = document.querySelector("[data-keys-switch]");
  keysSwitch.checked = !keysOff();
  keysSwitch.addEventListener("change", () => { try { localStorage.setItem("keys", keysSwitch.checked ? "on" : "off"); } catch { /* not remembered */ } });
  let nextAt = -1000;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("open" in button.dataset) open(button.dataset.open);
    else if ("next" in button.dataset && performance.now() - nextAt > 600) { nextAt = performance.now(); next(); }
    else if ("earlier" in button.dataset) earlier(button.dataset.earlier);
  });
  new Keys({
    unit: () => unit,
    open,
    off: keysOff,
    report: () => report.open(),
    leave: (pressed) => {
      const button = document.querySelector("[data-screen] [data-next]");
      if (pressed === "Enter" && button) { button.click(); return true; }
      if (pressed === "u") { const back = document.querySelector("[data-earlier]"); back?.click(); return Boolean(back); }
      return false;
    },
  });
  document.addEventListener("keydown", (event) => { if (event.key === "u" && unit?.held && !keysOff()) undoHeld(); }, true);

  boot();
  if (!preview) {
    outbox.changed();
    outbox.flush();
    if (!unit && document.querySelector("[data-screen=start]") && !outbox.names().length) next();
  }
})();
