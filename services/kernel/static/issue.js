// 按语 and 报/送/发 appear in the preview as they are written. Without script the server draws it after saving.
(() => {
  document.querySelectorAll('[data-preview]').forEach((input) => {
    const target = document.getElementById(input.dataset.preview);
    if (!target) return;
    input.addEventListener('input', () => {
      target.textContent = input.value;
    });
  });
})();
