// Drafts on this machine, of every posted form in which more than a line is written. The server's copy stays the true
// one; this one catches a lost line, a closed window, a session that ended. What "written" means is asked of the
// document itself: a control that differs from what the server gave (`defaultValue`). Never with data-nodraft
// (personal data); kept for seven days; cleared at sign-out.
// - data-draft names a form whose address does not; data-base is the version that it was given for;
// - data-save-first: what is written there is saved before another form of the page is sent;
// - data-write: the form saves itself (intake.js) and says itself where the text is.
(() => {
  const DAY = 864e5;
  const SENT = 'drafts-sent';
  const root = document.documentElement;
  const who = root.dataset.officer;
  const isDraft = (name) => name.startsWith('draft:');

  const load = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const drop = (name) => {
    try {
      localStorage.removeItem(name);
    } catch {
      // Storage is not available: nothing was kept.
    }
  };
  function dropAll(test) {
    try {
      Object.keys(localStorage).filter(isDraft).filter(test).forEach(drop);
    } catch {
      // Storage is not available: nothing to clear.
    }
  }
  dropAll((name) => !(Date.now() - (load(name) || {}).at < 7 * DAY));

  // What was sent is done with once a page of ours comes back that refuses nothing: not the sign-in page, not the form
  // again, and not the page that was gone back to when nothing answered at all.
  const arrived = (performance.getEntriesByType('navigation')[0] || {}).type !== 'back_forward' && document.referrer;
  if (who && arrived && !('refused' in root.dataset)) (JSON.parse(sessionStorage.getItem(SENT)) || []).forEach(drop);
  sessionStorage.removeItem(SENT);
  if (!who) return;

  const signOut = document.querySelector('form[data-sign-out]');
  let isOver = false;
  if (signOut) {
    signOut.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      isOver = true; // nothing is kept on the way out
      dropAll(() => true);
    });
  }

  // Controls and what they hold.
  const isTicked = (one) => one.type === 'radio' || one.type === 'checkbox';
  const TYPED = /^(textarea|text|search|tel|url|number|date|time|datetime-local|select-one|radio|checkbox)$/;
  const controls = (form) => [...form.elements].filter((one) => one.name && TYPED.test(one.type));
  const given = (one) => [...one.options].find((option) => option.defaultSelected) || one.options[0];
  function isWritten(one) {
    if (isTicked(one)) return one.checked !== one.defaultChecked;
    return one.type === 'select-one' ? one.options.length > 0 && !given(one).selected : one.value !== one.defaultValue;
  }
  function read(form) {
    const found = {};
    controls(form).forEach((one) => {
      if (!isTicked(one)) found[one.name] = one.value;
      else found[one.name] = (found[one.name] || []).concat(one.checked ? one.value : []);
    });
    return found;
  }
  function write(form, values) {
    const changed = controls(form).filter((one) => one.name in values).filter((one) => {
      const before = isTicked(one) ? one.checked : one.value;
      if (isTicked(one)) one.checked = values[one.name].includes(one.value);
      else one.value = values[one.name];
      return (isTicked(one) ? one.checked : one.value) !== before;
    });
    // What hangs on a control (the fields of a type, counts, the saving) hears of it as if it had been typed.
    changed.forEach((one) => ['input', 'change'].forEach((name) => one.dispatchEvent(new Event(name, { bubbles: true }))));
  }
  // From now on these values are what the server has.
  function settle(form, values) {
    controls(form).filter((one) => one.name in values).forEach((one) => {
      if (isTicked(one)) one.defaultChecked = values[one.name].includes(one.value);
      else if (one.type === 'select-one') [...one.options].forEach((option) => { option.defaultSelected = option.value === values[one.name]; });
      else one.defaultValue = values[one.name];
    });
  }

  const isKept = (form) => form.getAttribute('method') === 'post' && !('nodraft' in form.dataset)
    && ('draft' in form.dataset || [...form.elements].some((one) => one.type === 'textarea'));
  const keyOf = (form) => `draft:${who}:${form.dataset.draft || new URL(form.getAttribute('action'), location.href).pathname}`;
  const isUnsent = (form) => isKept(form) && controls(form).some(isWritten);
  const unsent = () => [...document.forms].filter(isUnsent);

  let leaving = false;

  // Telling the person, in the form and at the top of what he sees of it.
  const clock = (at) => new Date(at).toTimeString().slice(0, 5);
  function say(form, tone, message, actions = []) {
    let bar = form.querySelector(':scope > .form-bar');
    if (!bar) {
      if (!message) return;
      bar = document.createElement('div');
      bar.setAttribute('role', 'status');
      form.prepend(bar);
    }
    bar.className = `form-bar${message ? ` banner is-${tone}` : ''}`;
    const words = document.createElement('span');
    words.className = 'banner-text';
    words.textContent = message;
    bar.replaceChildren(...(message ? [words, ...actions.map(([label, run]) => button(label, run))] : []));
  }
  // `run` is what the button does, or the address that a link leads to, where the text is found again.
  function button(label, run) {
    const made = document.createElement(typeof run === 'string' ? 'a' : 'button');
    if (typeof run === 'string') made.href = run;
    else made.type = 'button';
    made.className = 'btn btn-small';
    made.textContent = label;
    made.addEventListener('click', typeof run === 'string' ? () => { leaving = true; } : run);
    return made;
  }

  // Keeping.
  const timers = new WeakMap();
  function keep(form) {
    clearTimeout(timers.get(form));
    if (isOver || !isKept(form)) return;
    if (!isUnsent(form)) {
      drop(keyOf(form));
      if (!('offered' in form.dataset) && !('write' in form.dataset)) say(form, '', '');
      return;
    }
    delete form.dataset.offered;
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), base: form.dataset.base, values: read(form) }));
    } catch {
      say(form, 'red', '本机存储不可用，请尽快提交。');
      return;
    }
    if ('write' in form.dataset) return;
    const offline = navigator.onLine ? '' : '网络已断开。';
    say(form, offline ? 'amber' : 'green', `${offline}写的内容 ${clock(Date.now())} 已存本机，还没有提交。`);
  }
  function soon(event) {
    const form = event.target.form;
    if (!form || event.isComposing || event.target.type === 'file') return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), 800));
  }
  ['input', 'change', 'compositionend'].forEach((name) => document.addEventListener(name, soon));
  const keepAll = () => unsent().forEach(keep);
  ['pagehide', 'offline', 'online'].forEach((name) => addEventListener(name, keepAll));
  document.addEventListener('visibilitychange', () => document.hidden && keepAll());

  // Offering what an earlier page kept; also for forms that a live region brings.
  function offer(form) {
    if (!isKept(form) || 'looked' in form.dataset) return;
    form.dataset.looked = '';
    const draft = load(keyOf(form));
    const now = read(form);
    if (!draft || isUnsent(form)) return;
    if (Object.keys(draft.values).every((name) => !(name in now) || String(draft.values[name]) === String(now[name]))) return;
    form.dataset.offered = '';
    const stale = draft.base !== form.dataset.base ? '，但服务器上的内容此后改过，恢复后请核对' : '';
    say(form, 'amber', `本机有 ${clock(draft.at)} 写的、还没有提交的内容${stale}。`, [
      ['恢复', () => {
        delete form.dataset.offered;
        write(form, draft.values);
        keep(form);
        if ('write' in form.dataset) say(form, 'green', '已恢复本机的内容，请核对。');
      }],
      ['丢弃', () => {
        delete form.dataset.offered;
        drop(keyOf(form));
        say(form, '', '');
      }],
    ]);
  }
  const offerAll = () => [...document.forms].forEach(offer);
  offerAll();
  document.addEventListener('htmx:afterSettle', offerAll);

  // Leaving: with a warning, unless it is the sending itself or a file that is fetched.
  addEventListener('pageshow', () => { leaving = false; });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (!link || !/\/api\/|\/export\.|\.(docx|pdf)$/.test(link.pathname)) return;
    leaving = true;
    setTimeout(() => { leaving = false; }, 1000);
  });
  addEventListener('beforeunload', (event) => {
    keepAll();
    if (!leaving && unsent().length) event.preventDefault();
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
    if (!navigator.onLine) {
      event.preventDefault();
      delete form.dataset.sent;
      keep(form);
      say(form, 'amber', '网络已断开，没有提交。写的内容已存本机，连上后再按一次。');
      return;
    }
    leaving = true;
    if (isKept(form)) {
      if (isUnsent(form)) keep(form);
      sessionStorage.setItem(SENT, JSON.stringify([keyOf(form)]));
    }
  });

  // Another form of the page is sent: what is written beside it is saved first, or it is asked about.
  async function saveFirst(form) {
    const waits = [];
    form.dispatchEvent(new CustomEvent('save-first', { detail: waits }));
    if (waits.length) return (await Promise.all(waits)).every(Boolean);
    const values = read(form);
    let answer;
    try {
      answer = await fetch(form.getAttribute('action'), { method: 'POST', body: new FormData(form), headers: { Accept: 'text/html' } });
    } catch {
      say(form, 'red', '网络不通，没有保存，也没有办理。写的内容已存本机。');
      return false;
    }
    if (!answer.ok || new URL(answer.url).pathname === '/login') {
      form.requestSubmit(); // the page that comes back says what is wrong
      return false;
    }
    settle(form, values);
    drop(keyOf(form));
    say(form, 'green', `${clock(Date.now())} 已保存。`);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    [...document.forms].forEach((one) => {
      const same = [...fresh.forms].find((other) => other.getAttribute('action') === one.getAttribute('action'));
      ['version', 'idempotency_key'].forEach((name) => {
        const [from, to] = [same, one].map((each) => each && each.querySelector(`input[name=${name}]`));
        if (from && to) to.value = from.value;
      });
    });
    return true;
  }
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form.getAttribute('method') !== 'post' || 'checked' in form.dataset || event.defaultPrevented) return;
    const others = unsent().filter((one) => one !== form);
    if (!others.length) return;
    const by = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const one of others.filter((each) => 'saveFirst' in each.dataset)) if (!(await saveFirst(one))) return;
    const left = unsent().filter((one) => one !== form)[0];
    if (left) {
      const label = controls(left).find(isWritten).labels[0];
      const name = label ? label.textContent.replace('*', '') : '';
      const told = `“${name}”里写的还没有提交。继续办理，这些内容只留在本机，不会交上去。`;
      if (!(await window.askInPlace('还有没提交的内容', [told], '继续办理'))) return;
    }
    form.dataset.checked = '';
    await new Promise((done) => { setTimeout(done); }); // a form cannot be sent while its sending is still being told
    form.requestSubmit(by);
  }, true);
  addEventListener('pageshow', () => [...document.forms].forEach((form) => delete form.dataset.checked));

  window.drafts = { keep, say, read, settle, drop: (form) => drop(keyOf(form)), isUnsent };
})();
