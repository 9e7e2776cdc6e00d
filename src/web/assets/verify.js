// An entry is checked in this very page: from its leaf, by the hashes that stand here, to the root that
// the log's key has signed (RFC 6962, C2SP signed-note). Nothing is believed but the key, which is
// shown.
'use strict';

const bytesOf64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const bytesOf16 = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const hexOf = bytes => [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

async function sha256(...parts) {
    const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

const textAt = id => document.getElementById(id).textContent;

// Which is signed, and by whom; see C2SP signed-note.
function read(note) {
    const end = note.lastIndexOf('\n\n') + 1;
    const [, , root] = note.slice(0, end).split('\n');
    return {
        root: bytesOf64(root), signed: new TextEncoder().encode(note.slice(0, end)),
        signatures: note.slice(end + 1).trim().split('\n').map(line => line.split(' ')),
    };
}

// From the leaf that the page shows, by the hashes that it shows, each computed anew: the first that
// is another is marked.
async function climb() {
    let hash = await sha256(Uint8Array.of(0), new TextEncoder().encode(textAt('leaf')));
    for (const step of document.querySelectorAll('#path > li:not(:last-child)')) {
        const other = bytesOf16(step.querySelector('.sibling')?.textContent ?? '');
        if (step.dataset.side)
            hash = await (step.dataset.side === 'left' ? sha256(Uint8Array.of(1), other, hash)
                : sha256(Uint8Array.of(1), hash, other));
        if (hexOf(hash) !== step.querySelector('.node').textContent) {
            step.className = 'refusal';
            return null;
        }
        step.className = 'fine';
    }
    return hash;
}

async function isSigned(proof, vkey) {
    const [name, id, ...rest] = vkey.split('+');
    const key = bytesOf64(rest.join('+'));
    const line = proof.signatures.find(words => words[1] === name && hexOf(bytesOf64(words[2]).slice(0, 4)) === id);
    if (!line || key[0] !== 1)
        return false;
    const imported = await crypto.subtle.importKey('raw', key.slice(1), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', imported, bytesOf64(line[2]).slice(4), proof.signed);
}

function say(list, words, code) {
    const at = document.createElement('code');
    at.textContent = code;
    const said = document.getElementById('checked');
    said.replaceChildren(words + ' ', at);
    said.className = list.className;
}

const button = document.getElementById('check');
button.hidden = false;
button.addEventListener('click', async () => {
    const {signed, failed} = button.dataset;
    const list = document.getElementById('path');
    for (const item of list.children)
        item.className = '';
    list.className = 'refusal';
    try {
        const answer = await fetch('/log/vkey');
        if (!answer.ok)
            throw new Error('/log/vkey: ' + answer.status);
        const vkey = (await answer.text()).trim();
        const point = read(textAt('note'));
        const hash = await climb();
        if (!hash || !same(hash, point.root) || hexOf(point.root) !== textAt('root')) {
            say(list, failed, hexOf(point.root));
            return;
        }
        list.lastElementChild.className = 'fine';
        const good = await isSigned(point, vkey);
        list.className = good ? 'fine' : 'refusal';
        say(list, good ? signed : failed, vkey);
    } catch (error) {
        say(list, failed, String(error));
    }
});
