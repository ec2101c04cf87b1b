// What every console page gets from script: phone menu, dialogs, choice cards, drop zones, clocks, double clicks.
// Without script the menu stands open, dialog openers are links, clocks show the time that was served.
(() => {
  const toggle = document.querySelector('.nav-toggle');
  if (toggle) {
    toggle.addEventListener('click', () => {
      const open = document.querySelector('.app-nav').classList.toggle('is-open');
      toggle.setAttribute('aria-expanded', open);
    });
  }

  // Delegated, because live regions are replaced while the page is open.
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
      const first = dialog.querySelector('select, textarea, input:not([type=hidden])');
      if (first) first.focus();
      return;
    }
    const closer = event.target.closest('[data-close]');
    if (closer) closer.closest('dialog').close();
  });

  document.addEventListener('change', (event) => {
    const group = event.target.closest('.choices');
    if (!group) return;
    group.querySelectorAll('.choice').forEach((card) => {
      card.classList.toggle('is-chosen', card.querySelector('input').checked);
    });
  });

  document.querySelectorAll('.dropzone').forEach((zone) => {
    const input = zone.querySelector('input[type=file]');
    const chosen = zone.querySelector('.dropzone-chosen');
    input.addEventListener('change', () => setTimeout(() => {
      chosen.textContent = [...input.files].map((file) => file.name).join('、');
    }));
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle('is-over', on);
    };
    zone.addEventListener('dragover', over(true));
    zone.addEventListener('dragleave', over(false));
    zone.addEventListener('drop', (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  });

  // A second click on a button is not a second request; the server would answer it once anyway.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) event.preventDefault();
    else if (!event.defaultPrevented) form.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => {
    document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent);
  });

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-print]')) window.print();
  });

  const wanted = document.querySelector('[data-focus]');
  if (wanted) wanted.focus();

  // data-due is an absolute instant; data-now is when the server wrote the page and takes out this machine's error.
  const offset = Date.parse(document.documentElement.dataset.now) - Date.now();
  const words = (left) => {
    const s = Math.abs(left);
    const length = s < 3600
      ? `${Math.floor(s / 60)} 分 ${String(s % 60).padStart(2, '0')} 秒`
      : s < 86400
        ? `${Math.floor(s / 3600)} 时 ${Math.floor((s % 3600) / 60)} 分`
        : `${Math.floor(s / 86400)} 天 ${Math.floor((s % 86400) / 3600)} 小时`;
    return `${left < 0 ? '超' : '剩'} ${length}`;
  };
  const tick = () => {
    document.querySelectorAll('[data-due]').forEach((clock) => {
      clock.textContent = words(Math.round((Date.parse(clock.dataset.due) - Date.now() - offset) / 1000));
    });
  };
  if (!Number.isNaN(offset)) setInterval(tick, 1000);
})();
