// Runs before the body is painted: says that scripts work, so that the phone menu does not flash open.
document.documentElement.classList.add('has-script');
