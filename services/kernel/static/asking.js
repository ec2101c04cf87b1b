// Asking once, in place, before a step that others see. A form (or the button pressed) with data-ask says what will
// happen, data-warn what speaks against it. With data-undo="30" the step is taken so many seconds after the answer and
// can be called back until then; whoever leaves the page takes it at once. Without script the step is taken unasked.
(() => {
  const make = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  };
  const pushed = (label, tone, run) => {
    const made = make('button', `btn${tone ? ` btn-${tone}` : ''}`, label);
    made.type = 'button';
    made.addEventListener('click', run);
    return made;
  };

  // Resolves to whether the answer was yes.
  window.askInPlace = (title, lines, yes, tone = 'primary') => new Promise((answer) => {
    const dialog = make('dialog', 'dialog ask-dialog');
    const head = make('div', 'panel-head');
    head.append(make('h2', '', title));
    head.firstChild.id = 'ask-title';
    dialog.setAttribute('aria-labelledby', 'ask-title');
    const body = make('div', 'panel-body stack');
    body.append(...lines.map((line) => make('p', '', line)));
    const foot = make('div', 'dialog-foot');
    const agree = pushed(yes, tone, () => dialog.close('yes'));
    foot.append(pushed('返回', '', () => dialog.close()), agree);
    dialog.append(head, body, foot);
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
    agree.focus();
  });

  let pending = null;
  function wait(form, button, label) {
    const until = Date.now() + Number(form.dataset.undo) * 1000;
    const bar = make('div', 'pending-bar');
    bar.setAttribute('role', 'status');
    const words = make('span', 'banner-text');
    const stop = () => {
      clearInterval(timer);
      bar.remove();
      pending = null;
    };
    const go = () => {
      stop();
      form.dataset.agreed = '';
      form.requestSubmit(button);
    };
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      words.textContent = `${label}：${Math.max(0, left)} 秒后办理，离开本页即办理。`;
      if (left <= 0) go();
    };
    const timer = setInterval(tick, 250);
    bar.append(words, pushed('撤销', '', stop), pushed('立即办理', 'primary', go));
    pending = { form, button, stop, hasFile: [...form.elements].some((one) => one.files && one.files.length) };
    tick();
    document.body.append(bar);
    bar.querySelector('button').focus(); // a key held too long calls back, and does not hurry
  }
  addEventListener('pagehide', () => {
    if (!pending || pending.hasFile) return;
    const { form, button } = pending;
    fetch(form.getAttribute('action'), {
      method: 'POST', body: new FormData(form, button), keepalive: true, redirect: 'manual', headers: { Accept: 'text/html' },
    });
    pending.stop();
  });
  addEventListener('beforeunload', (event) => {
    if (pending && pending.hasFile) event.preventDefault(); // a file is too large to be sent on the way out
  });

  // A dialog's form says at once all that it lacks, where it lacks it; the server asks again.
  function lacks(form) {
    form.querySelectorAll('[data-lacking]').forEach((one) => one.remove());
    const empty = [...form.querySelectorAll('[aria-required=true]')].filter((one) => !one.value.trim());
    empty.forEach((one) => {
      const name = one.labels[0] ? one.labels[0].textContent.replace('*', '') : '';
      const note = make('span', 'field-error', `请${one.type === 'select-one' ? '选择' : '填写'}“${name}”。`);
      note.dataset.lacking = '';
      one.setAttribute('aria-invalid', 'true');
      one.after(note);
    });
    if (empty.length) empty[0].focus();
    return empty.length > 0;
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form.getAttribute('method') !== 'post' || 'agreed' in form.dataset) return;
    if (pending) pending.stop(); // another step instead of the one that was being waited for
    const button = event.submitter;
    const what = (button && button.dataset.ask) || form.dataset.ask;
    const hold = () => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    if (form.closest('dialog') && lacks(form)) return hold();
    if (!what) return;
    hold();
    const label = [...button.childNodes].filter((one) => one.nodeName !== 'KBD').map((one) => one.textContent).join('').trim();
    const isSavedFirst = [...document.forms].some((one) => 'saveFirst' in one.dataset && window.drafts.isUnsent(one));
    const told = [what, form.dataset.warn, isSavedFirst && '本页还没有保存的文字会先保存。'];
    if (!(await window.askInPlace(`${label}？`, told.filter(Boolean), label))) return;
    if (form.dataset.undo) return wait(form, button, label);
    form.dataset.agreed = '';
    form.requestSubmit(button);
  }, true);
  addEventListener('pageshow', () => [...document.forms].forEach((form) => delete form.dataset.agreed));

  // What was done can be undone for so long as the button stands.
  document.querySelectorAll('[data-lasts]').forEach((one) => {
    setTimeout(() => one.remove(), Number(one.dataset.lasts) * 1000);
  });
})();
