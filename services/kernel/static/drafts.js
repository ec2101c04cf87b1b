// Drafts on this machine, for the text fields of <form data-draft="item-871" data-user="u12" data-base="7">;
// the notice goes into <div id="draft-bar">. The server's copy stays the true one, this one only catches a lost
// line or a closed window. Never with data-nodraft (personal data); kept for seven days; cleared at sign-out.
(() => {
  const DAY = 864e5;
  const isDraft = (key) => key.startsWith('draft:');

  function forgetAll(test) {
    try {
      Object.keys(localStorage).filter(isDraft).filter(test).forEach((key) => localStorage.removeItem(key));
    } catch {
      // Storage is not available: nothing to clear.
    }
  }

  function expired(key) {
    try {
      return Date.now() - JSON.parse(localStorage.getItem(key)).at > 7 * DAY;
    } catch {
      return true;
    }
  }

  // The page after the server took it (it may have no form) carries <meta name="draft-done" content="u12:item-871">,
  // and another for the name that the form had before the item existed.
  document.querySelectorAll('meta[name="draft-done"]').forEach((done) => {
    forgetAll((key) => key === `draft:${done.content}`);
  });
  forgetAll(expired);

  const signOut = document.querySelector('form[data-sign-out]');
  if (signOut) signOut.addEventListener('submit', () => forgetAll(() => true));

  const form = document.querySelector('form[data-draft]');
  if (!form || 'nodraft' in form.dataset) return;

  const bar = document.getElementById('draft-bar');
  if (!bar) return;
  const key = `draft:${form.dataset.user}:${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((e) => e.name && /^(textarea|text|search|select-one)$/.test(e.type));
  const read = () => Object.fromEntries(fields().map((e) => [e.name, e.value]));
  const clock = (t) => new Date(t).toTimeString().slice(0, 5);

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function store() {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), base: form.dataset.base, values: read() }));
      return true;
    } catch {
      return false;
    }
  }

  function say(kind, message, actions = []) {
    bar.className = kind ? `banner is-${kind}` : '';
    bar.setAttribute('role', 'status');
    const text = document.createElement('span');
    text.className = 'banner-text';
    text.textContent = message;
    const buttons = actions.map(([label, run]) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-small';
      button.textContent = label;
      button.addEventListener('click', run);
      return button;
    });
    if (message) bar.replaceChildren(text, ...buttons);
    else bar.replaceChildren();
  }

  const initial = JSON.stringify(read());
  const draft = stored();
  if (draft && JSON.stringify(draft.values) !== initial) {
    const stale = draft.base !== form.dataset.base ? '，但服务器上的稿件此后已被修改，恢复前请先对比' : '';
    say('amber', `本机有 ${clock(draft.at)} 未提交的草稿${stale}。`, [
      ['恢复', () => {
        fields().forEach((e) => {
          if (e.name in draft.values) e.value = draft.values[e.name];
        });
        saveSoon();
        say('green', '已恢复本机草稿，尚未提交。');
      }],
      ['丢弃', () => {
        localStorage.removeItem(key);
        say('', '');
      }],
    ]);
  }

  let timer;
  function save() {
    clearTimeout(timer);
    if (JSON.stringify(read()) === initial) return;
    if (!store()) {
      say('red', '本机存储不可用，请尽快提交。');
      return;
    }
    const offline = navigator.onLine ? '' : '网络已断开。';
    say(offline ? 'amber' : 'green', `${offline}草稿 ${clock(Date.now())} 已存本机（未提交）。`);
  }
  function saveSoon() {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  }

  form.addEventListener('input', (event) => {
    if (!event.isComposing) saveSoon();
  });
  form.addEventListener('compositionend', saveSoon);
  addEventListener('pagehide', save);
  addEventListener('offline', save);
  addEventListener('online', save);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) save();
  });
})();
