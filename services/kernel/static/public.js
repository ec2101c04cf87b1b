// The portal: 长者模式 without a reload, text size, the catalogue folded on phones, printing.
// Without script 长者模式 is the link ?size=large and everything else stands open.
(() => {
  const elder = document.getElementById('elder-mode');
  if (elder) {
    elder.setAttribute('role', 'button');
    const show = () => {
      const large = document.body.dataset.size === 'large';
      elder.setAttribute('aria-pressed', large);
      elder.textContent = large ? '退出长者模式' : '长者模式';
    };
    const remember = (size) => {
      document.cookie = `size=${size}; path=/; max-age=31536000; SameSite=Lax`;
    };
    // The link was followed without script once: keep what it asked for.
    const asked = new URL(location.href).searchParams.get('size');
    if (asked) remember(asked === 'large' ? 'large' : 'normal');
    const toggle = (event) => {
      event.preventDefault();
      const large = document.body.dataset.size !== 'large';
      if (large) document.body.dataset.size = 'large';
      else delete document.body.dataset.size;
      remember(large ? 'large' : 'normal');
      show();
    };
    elder.addEventListener('click', toggle);
    elder.addEventListener('keydown', (event) => {
      if (event.key === ' ') toggle(event);
    });
    show();
  }

  const body = document.querySelector('.article-body');
  const sizes = document.querySelectorAll('[data-font]');
  sizes.forEach((button) => {
    button.addEventListener('click', () => {
      sizes.forEach((other) => other.setAttribute('aria-pressed', other === button));
      body.style.fontSize = `${button.dataset.font}px`;
    });
  });

  document.querySelectorAll('[data-print]').forEach((button) => {
    button.addEventListener('click', () => window.print());
  });

  const tree = document.querySelector('.catalogue details');
  if (tree && matchMedia('(max-width: 820px)').matches) tree.open = false;

  document.querySelectorAll('.choices').forEach((group) => {
    group.addEventListener('change', () => {
      group.querySelectorAll('.choice').forEach((card) => {
        card.classList.toggle('is-chosen', card.querySelector('input').checked);
      });
    });
  });
})();
