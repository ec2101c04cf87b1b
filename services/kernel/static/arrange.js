// Dragging the items of an issue into another order; the arrows beside them do the same without a mouse or script.
(() => {
  const list = document.querySelector('.order-list');
  const form = document.getElementById('order-form');
  if (!list || !form) return;
  const rows = () => [...list.querySelectorAll('li')];
  let dragged = null;

  rows().forEach((row) => {
    row.draggable = true;
  });
  list.addEventListener('dragstart', (event) => {
    dragged = event.target.closest('li');
    event.dataTransfer.effectAllowed = 'move';
  });
  list.addEventListener('dragover', (event) => {
    const row = event.target.closest('li');
    if (!dragged || !row) return;
    event.preventDefault();
    rows().forEach((one) => one.classList.toggle('is-over', one === row && one !== dragged));
  });
  list.addEventListener('dragend', () => {
    rows().forEach((one) => one.classList.remove('is-over'));
    dragged = null;
  });
  list.addEventListener('drop', (event) => {
    const row = event.target.closest('li');
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    const down = rows().indexOf(dragged) < rows().indexOf(row);
    list.insertBefore(dragged, down ? row.nextSibling : row);
    form.elements.order.value = rows().map((one) => one.dataset.adoption).join(',');
    form.requestSubmit();
  });
})();
