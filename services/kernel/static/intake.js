// The writing form: saves itself while it is typed, sends files with progress, fills in a dropped .docx.
// Without this file the form's own buttons do all of it on the server.
(() => {
  const form = document.querySelector('form[data-write]');
  if (!form) return;

  const API = '/intake/api/v1/submissions';
  const state = document.getElementById('save-state');
  const csrf = form.elements.csrf_token.value;
  const clock = () => new Date().toTimeString().slice(0, 5);
  const headers = (more = {}) => ({ 'X-CSRF-Token': csrf, Accept: 'application/json', ...more });

  // What the form means, as the API takes it: each control says by its own kind what it holds.
  const SKIPPED = new Set(['csrf_token', 'idempotency_key', 'version', 'action', 'file', 'document']);
  const meaning = (control, text) => {
    if (control.inputMode === 'numeric') return text.trim() === '' ? null : (/^\d+$/.test(text.trim()) ? Number(text) : text);
    if (control.type === 'datetime-local') return text ? `${text}:00+08:00`.replace(/(:\d\d):00:00\+/, '$1:00+') : null;
    return control.type === 'select-one' ? text || null : text;
  };
  function values() {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (!SKIPPED.has(name) && typeof value === 'string') found[name] = meaning(form.elements[name], value);
    }
    found.non_secret_declared = form.elements.non_secret_declared.checked;
    return found;
  }
  // What every new form says already makes no draft yet.
  const OFFERED = new Set(['info_type', 'author_name', 'author_phone', 'suggested_attribute', 'non_secret_declared']);
  const isBlank = () => Object.entries(values()).every(([name, value]) => OFFERED.has(name) || !value);

  // Telling the person.
  const say = (text) => { if (state) state.textContent = text; };
  const alertBar = (tone, text, href, label) => drafts.say(form, tone, text, href ? [[label, href]] : []);
  const icon = (name) => {
    const copy = document.querySelector('svg.icon').cloneNode(true);
    copy.setAttribute('class', 'icon');
    copy.querySelector('use').setAttribute('href', `#i-${name}`);
    return copy;
  };
  function line(kind, mark, text, note, field) {
    const item = document.createElement('li');
    item.className = `is-${kind}`;
    const words = document.createElement('span');
    const strong = document.createElement('strong');
    if (field) {
      const link = document.createElement('a');
      link.href = `#f-${field}`;
      link.textContent = text;
      strong.append(link);
    } else strong.textContent = text;
    words.append(strong);
    if (note) {
      const small = document.createElement('small');
      small.textContent = note;
      words.append(small);
    }
    item.append(icon(mark), words);
    return item;
  }
  function showLacking(lacking, advised) {
    const list = document.querySelector('[data-missing]');
    const title = document.querySelector('[data-missing-title]');
    const note = document.querySelector('[data-bar-note]');
    if (!list) return;
    const lines = lacking.map((one) => line('bad', 'alert', one.message, '', one.field));
    if (!lacking.length) lines.push(line('ok', 'ok', '必填内容已齐'));
    lines.push(...advised.map((one) => line('wait', 'info', one.message, '只作提示，不拦提交', one.field)));
    list.replaceChildren(...lines);
    title.textContent = lacking.length ? `提交前还差 ${lacking.length} 项` : '可以提交';
    note.textContent = lacking.length ? `还差 ${lacking.length} 项才能提交` : '';
  }
  function showErrors(errors) {
    form.querySelectorAll('[data-live-error]').forEach((one) => one.remove());
    form.querySelectorAll('[data-live-wrong]').forEach((one) => {
      one.removeAttribute('data-live-wrong');
      one.removeAttribute('aria-invalid');
    });
    errors.forEach((error) => {
      const control = document.getElementById(`f-${error.field.split('.')[0]}`);
      if (!control) return;
      control.setAttribute('aria-invalid', 'true');
      control.setAttribute('data-live-wrong', '');
      const words = document.createElement('span');
      words.className = 'field-error';
      words.setAttribute('data-live-error', '');
      words.append(icon('alert'), error.message);
      control.after(words);
    });
  }

  // Saving: one request at a time; what was typed meanwhile is saved by the next one.
  let saved = JSON.stringify(values());
  let version = Number(form.dataset.base) || 0;
  let running = null;
  let timer = null;
  let delay = 2000;
  let stopped = false;
  let isWarned = false; // the notice above the text says that it was refused

  function took(answer, sent, shown) {
    version = answer.version;
    form.dataset.base = version;
    let input = form.elements.version;
    if (!input) {
      input = document.createElement('input');
      input.type = 'hidden';
      input.name = 'version';
      form.append(input);
    }
    input.value = version;
    if (!form.dataset.write) named(answer.origin_id);
    if (sent) saved = sent;
    if (shown) drafts.settle(form, shown);
    drafts.keep(form); // what was typed meanwhile
    delay = 2000;
    if (answer.lacking) showLacking(answer.lacking, answer.advised || []);
  }

  // The item that the form writes: a new one gets its own address once the server has it.
  function named(id) {
    drafts.drop(form);
    form.dataset.write = id;
    form.dataset.draft = id || 'new';
    form.setAttribute('action', `/intake/submissions${id ? `/${id}` : ''}`);
    history.replaceState(null, '', `/intake/submissions/${id ? `${id}/edit` : 'new'}`);
  }

  // An attachment that was refused leaves no empty draft behind.
  async function unmade() {
    await fetch(`${API}/${form.dataset.write}`, { method: 'DELETE', headers: headers() }).catch(() => null);
    named('');
    form.elements.version.remove();
    version = 0;
    form.dataset.base = 0;
    say('尚未保存');
  }

  // Answers what became of it: `saved`, `blank`, `away` (no answer), or the status that refused it.
  async function save(isForced = false) {
    clearTimeout(timer);
    if (running) await running;
    const now = values();
    const sent = JSON.stringify(now);
    if (!form.dataset.write && isBlank() && !isForced) return 'blank';
    if (stopped || (sent === saved && form.dataset.write)) return 'saved';
    running = request(now, sent, drafts.read(form));
    const outcome = await running;
    running = null;
    return outcome;
  }

  async function request(now, sent, shown) {
    const id = form.dataset.write;
    say('正在保存…');
    let answer;
    try {
      answer = await fetch(id ? `${API}/${id}` : API, {
        method: id ? 'PATCH' : 'POST',
        headers: headers({ 'Content-Type': 'application/json', ...(id ? { 'If-Match': `"${version}"` } : {}) }),
        body: sent,
      });
    } catch {
      drafts.keep(form);
      say(`${navigator.onLine ? '没能存到服务器' : '网络已断开'}，写的内容已存本机，连上后自动再存`);
      delay = Math.min(delay * 2, 60000);
      timer = setTimeout(save, delay);
      return 'away';
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      took(body, sent, shown);
      showErrors([]);
      say(`${clock()} 已存到服务器`);
      if (isWarned) drafts.say(form, '', '');
      isWarned = false;
      return 'saved';
    }
    refused(answer.status, body);
    return answer.status;
  }

  function refused(status, body) {
    drafts.keep(form);
    isWarned = status !== 422;
    if (status === 422) {
      showErrors(body.errors || []);
      say('有内容不符合要求，还没有存到服务器');
      return;
    }
    stopped = true;
    say('没有存到服务器，写的内容已存本机');
    if (status === 412) {
      alertBar('amber', '稿件已在别处保存过。您写的还在这里，按“存草稿”可与那一份对比。');
    } else if (status === 401) {
      alertBar('red', '登录已过期。您写的已存本机，重新登录后回到这里恢复。', location.href, '重新登录');
    } else {
      alertBar('red', body.title || '没能保存，请稍后再试。', form.dataset.write ? `/intake/submissions/${form.dataset.write}` : '', '查看稿件');
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  };
  form.addEventListener('input', (event) => {
    if (event.target.type !== 'file' && !event.isComposing) soon();
  });
  form.addEventListener('compositionend', soon);
  form.addEventListener('change', (event) => {
    if (event.target.type !== 'file') soon();
  });
  addEventListener('online', soon);
  form.addEventListener('save-first', (event) => event.detail.push(save().then((outcome) => outcome === 'saved' || outcome === 'blank')));

  // Gone back to after it was sent, the form would bring what was sent, ready to be sent a second time as another
  // item: the page is asked for anew. Should the sending have failed, drafts.js still has the text.
  addEventListener('pageshow', () => {
    if (!(history.state || {}).isSent) return;
    history.replaceState(null, '');
    form.reset(); // or drafts.js would keep it once more on the way out, and ask
    location.replace(location.href);
  });

  // A button saves first, so that it neither loses against a save under way nor leaves the form where nothing answers;
  // “存草稿” needs no more than that. What was refused goes to the server as a form, which shows what is wrong.
  let isReady = false;
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (isReady) {
      stopped = true;
      history.replaceState({ isSent: true }, '');
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    finish(event.submitter);
  }, true);
  async function finish(button) {
    stopped = false;
    const isSaving = !button || button.value === 'save';
    const outcome = await save();
    if (outcome === 'away' || outcome === 401 || (outcome === 'saved' && isSaving)) return;
    if (outcome === 'blank' && isSaving) {
      say('还没有写内容，没有保存');
      return;
    }
    if (!navigator.onLine) {
      say('网络已断开，没有提交；已存到服务器的草稿还在，连上后再按一次');
      return;
    }
    isReady = true;
    await new Promise((done) => { setTimeout(done); }); // a form cannot be sent while its sending is still being told
    if (button) form.requestSubmit(button);
    else form.requestSubmit();
  }

  // Type: the fields that only some types have open with their type.
  const openFor = () => {
    const chosen = (form.querySelector('input[name=info_type]:checked') || {}).value;
    form.querySelectorAll('[data-for-type]').forEach((part) => {
      part.hidden = !part.dataset.forType.split(' ').includes(chosen);
      if (!part.hidden) part.open = true;
    });
  };
  form.querySelectorAll('input[name=info_type]').forEach((one) => one.addEventListener('change', openFor));
  openFor();

  const title = form.elements.title;
  const count = document.querySelector('[data-count=title]');
  const countTitle = () => { count.textContent = `${[...title.value.trim()].length} 字，宜在 30 字以内`; };
  title.addEventListener('input', countTitle);

  // A dropped .docx fills title and body; nothing is lost without asking.
  const documentInput = document.getElementById('f-document');
  if (documentInput) {
    documentInput.addEventListener('change', async () => {
      const file = documentInput.files[0];
      documentInput.value = '';
      if (!file) return;
      const body = form.elements.body;
      if (body.value.trim() && !confirm('正文已有内容，用文件里的文字替换吗？')) return;
      const data = new FormData();
      data.append('file', file);
      say('正在读入文稿…');
      let answer;
      try {
        answer = await fetch('/intake/api/v1/imports', { method: 'POST', headers: headers(), body: data });
      } catch {
        say('');
        alertBar('red', '网络不通，文稿没有读入，请稍后再试。');
        return;
      }
      const found = await answer.json().catch(() => ({}));
      if (!answer.ok) {
        say('');
        alertBar('red', found.title || '读不出这个文件。');
        return;
      }
      if (found.title) title.value = found.title;
      body.value = found.body;
      countTitle();
      alertBar('green', ['标题和正文已填入，请核对。', ...found.warnings].join(' '));
      soon();
    });
  }

  // Files go up one after the other, each with its progress; the item exists before its first file.
  const fileInput = document.getElementById('f-file');
  const list = document.getElementById('file-list');
  const size = (n) => (n < 1048576 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1048576).toFixed(1)} MB`);

  function row(file) {
    const item = document.createElement('li');
    item.className = 'is-sending';
    const name = document.createElement('span');
    name.className = 'file-name';
    name.textContent = file.name;
    const note = document.createElement('small');
    note.textContent = `等待上传 · ${size(file.size)}`;
    const track = document.createElement('span');
    track.className = 'progress';
    track.setAttribute('role', 'img');
    track.append(document.createElement('i'));
    item.append(icon('file'), name, note, track);
    list.append(item);
    return item;
  }

  function send(file, item) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('POST', `${API}/${form.dataset.write}/attachments`);
      Object.entries(headers()).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.addEventListener('progress', (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.round((event.loaded / event.total) * 100);
        item.querySelector('i').style.width = `${percent}%`;
        item.querySelector('.progress').setAttribute('aria-label', `已上传 ${percent}%`);
        item.querySelector('small').textContent = `${size(event.loaded)} / ${size(event.total)}`;
      });
      request.addEventListener('loadend', () => {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch { /* no answer */ }
        item.querySelector('.progress').remove();
        if (request.status === 201) {
          version = Number((request.getResponseHeader('ETag') || '').replace(/\D/g, '')) || version;
          took({ version, origin_id: form.dataset.write });
          item.className = '';
          item.dataset.file = body.attachment_id;
          kept(item, body);
        } else {
          item.className = 'is-wrong';
          item.querySelector('small').textContent = '';
          const note = document.createElement('span');
          note.className = 'file-note field-error';
          note.append(icon('alert'), body.title || '没有传上去，请检查网络后重新选择。');
          item.append(note);
        }
        done();
      });
      const data = new FormData();
      data.append('file', file);
      request.send(data);
    });
  }

  function kept(item, body) {
    const link = document.createElement('a');
    link.className = 'text-link';
    link.href = `${API}/${form.dataset.write}/attachments/${body.attachment_id}`;
    link.textContent = body.filename;
    item.querySelector('.file-name').replaceChildren(link);
    const end = document.createElement('span');
    end.className = 'file-end';
    const note = document.createElement('small');
    note.textContent = `${size(body.size)} · 类型和内容相符`;
    const button = document.createElement('button');
    button.type = 'submit';
    button.className = 'btn btn-small';
    button.name = 'action';
    button.value = `remove:${body.attachment_id}`;
    button.textContent = '移除';
    button.setAttribute('aria-label', `移除 ${body.filename}`);
    end.append(note, ' ', button);
    item.querySelector('small').replaceWith(end);
  }

  if (fileInput) {
    fileInput.addEventListener('change', async () => {
      const files = [...fileInput.files];
      fileInput.value = '';
      const rows = files.map(row);
      const isNew = !form.dataset.write;
      await save(true);
      if (!form.dataset.write) {
        rows.forEach((one) => one.remove());
        return;
      }
      for (let n = 0; n < files.length; n += 1) {
        if (running) await running;
        running = send(files[n], rows[n]);
        await running;
        running = null;
      }
      if (isNew && isBlank() && !list.querySelector('[data-file]')) await unmade();
    });
  }
})();
