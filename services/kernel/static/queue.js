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

  function go(step) {
    const all = rows();
    if (!all.length) return;
    const to = all[Math.max(0, Math.min(all.length - 1, place() + step))];
    titleOf(to).focus();
    to.scrollIntoView({ block: 'nearest' });
  }

  function press(key) {
    const target = [...document.querySelectorAll(`[data-key="${key}"]`)]
      .find((one) => one.offsetParent && one.getAttribute('aria-disabled') !== 'true');
    if (target) target.click();
    return Boolean(target);
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
