// A picture from the clipboard becomes the form's file.
'use strict';

document.addEventListener('paste', event => {
    const input = document.querySelector('form.act input[type="file"]');
    if (input && event.clipboardData.files.length) {
        input.files = event.clipboardData.files;
        event.preventDefault();
    }
});
