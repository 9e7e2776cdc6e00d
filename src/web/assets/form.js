// Files come into a form from the clipboard too, and by being dropped on it: beside those that are
// chosen already where it takes several, else in place of the one.
'use strict';

function take(input, files) {
    const all = new DataTransfer();
    if (input.multiple)
        for (const file of input.files)
            all.items.add(file);
    for (const file of input.multiple ? files : [...files].slice(0, 1))
        all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
}

const hasFiles = given => given && [...given.types].includes('Files');

// The field it falls on, or else the first.
const inputFor = target =>
    target?.closest?.('.field')?.querySelector('input[type="file"]') ?? document.querySelector('main form input[type="file"]');

document.addEventListener('paste', event => {
    const input = inputFor(event.target);
    if (input && event.clipboardData.files.length) {
        take(input, event.clipboardData.files);
        event.preventDefault();
    }
});

for (const name of ['dragover', 'drop'])
    document.addEventListener(name, event => {
        const input = inputFor(event.target);
        if (!input || !hasFiles(event.dataTransfer))
            return;
        event.preventDefault(); // a browser would show the file in place of the page
        if (name === 'drop' && event.dataTransfer.files.length)
            take(input, event.dataTransfer.files);
    });
