// Keys of the review desk. Every row is a link and every action a form or a link already; this only adds keys.
// Never inside a field or an input-method composition; the switch in the key list is remembered (WCAG 2.1.4).
(() => {
  const OFF = 'keys-off';
  const isOff = () => {
    try {
      return localStorage.getItem(OFF) === 'yes';
    } catch {
      return false;
    }
  };

  const onOff = document.querySelector('[data-keys-switch]');
  if (onOff) {
    onOff.checked = !isOff();
    onOff.addEventListener('change', () => {
      try {
        localStorage.setItem(OFF, onOff.checked ? 'no' : 'yes');
      } catch {
        // Storage is not available: the choice lasts as long as the page.
      }
      document.documentElement.classList.toggle('keys-are-off', isOff());
    });
  }
  document.documentElement.classList.toggle('keys-are-off', isOff());

  // Rows are looked up each time: live regions replace them.
  const rows = () => [...document.querySelectorAll('.queue-row')];
  const titleOf = (row) => row.querySelector('.queue-title');
  const place = () => {
    const all = rows();
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    return focused >= 0 ? focused : all.findIndex((row) => row.classList.contains('is-current'));
  };

  function stand(row) {
    titleOf(row).focus();
    row.scrollIntoView({ block: 'nearest' });
  }

  // Past the last row the next page of the list begins, before the first one the page that was left for it.
  const memory = (name, value) => {
    try {
      if (value !== undefined) sessionStorage.setItem(name, value);
      return sessionStorage.getItem(name);
    } catch {
      return null; // Storage is not available: nothing is remembered.
    }
  };
  function go(step) {
    const all = rows();
    if (!all.length) return;
    const to = place() + step;
    const link = document.querySelector(`.queue-rows .pagination a[rel=${to < 0 ? 'prev' : 'next'}]`);
    if (all[to] || !link) return stand(all[Math.max(0, Math.min(all.length - 1, to))]);
    const here = box.dataset.place;
    const there = to < 0 ? memory(`queue-before:${here}`) || link.getAttribute('href') : link.getAttribute('href');
    if (to > 0) memory(`queue-before:${there}`, here);
    memory('queue-stand', to < 0 ? 'last' : 'first');
    location.href = there;
  }

  // A list that is shown again stands where it was left, with the open item in view.
  const box = document.querySelector('.queue-rows');
  if (box) {
    const name = `queue-scroll:${box.dataset.place}`;
    box.scrollTop = Number(memory(name)) || 0;
    addEventListener('pagehide', () => memory(name, box.scrollTop));
    const wanted = memory('queue-stand');
    memory('queue-stand', '');
    const current = document.querySelector('.queue-row.is-current');
    if (wanted && rows().length) stand(rows()[wanted === 'last' ? rows().length - 1 : 0]);
    else if (current) current.scrollIntoView({ block: 'nearest' });
  }

  const buttons = () => [...document.querySelectorAll('[data-key]')]
    .filter((one) => one.offsetParent && one.getAttribute('aria-disabled') !== 'true');
  function press(key) {
    const target = buttons().find((one) => one.dataset.key === key);
    if (target) target.click();
    return Boolean(target);
  }

  // The list of keys names those of this page's buttons, as the buttons are named.
  const list = document.querySelector('#keys-help .keys-list');
  if (list) {
    buttons().forEach((one) => {
      const key = document.createElement('kbd');
      key.textContent = one.dataset.key;
      const [term, what] = ['dt', 'dd'].map((tag) => document.createElement(tag));
      term.append(key);
      what.textContent = [...one.childNodes].filter((part) => part.nodeName !== 'KBD').map((part) => part.textContent).join('').trim();
      list.append(term, what);
    });
  }

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => {
      const row = rows()[place()];
      const box = row && row.querySelector('input[type=checkbox]');
      if (box) box.click();
    },
    '/': (event) => {
      const search = document.getElementById('queue-search');
      if (!search) return;
      event.preventDefault();
      search.focus();
    },
    '?': () => {
      const help = document.getElementById('keys-help');
      if (help && !help.open) help.showModal();
    },
  };

  addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('textarea, select, [contenteditable], dialog')) return;
    const input = event.target.closest('input');
    if (input && !/^(checkbox|radio|button|submit)$/.test(input.type)) return;
    if (isOff() && event.key !== '?') return;
    if (keys[event.key]) keys[event.key](event);
    else if (/^[amur]$/.test(event.key) && press(event.key)) event.preventDefault();
  });
})();
