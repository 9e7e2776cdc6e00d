// An entry is checked in this very page: from its leaf, by the hashes of the proof, to the root that
// the log's key has signed (RFC 6962, C2SP tlog-proof and signed-note). Nothing is believed but the
// key, which is shown.
'use strict';

const bytesOf64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
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

function read(text) {
    const blank = text.indexOf('\n\n');
    const [, index, ...path] = text.slice(0, blank).split('\n');
    const note = text.slice(blank + 2);
    const end = note.lastIndexOf('\n\n') + 1;
    const [origin, size, root] = note.slice(0, end).split('\n');
    return {
        index: Number(index.replace('index ', '')), path: path.map(bytesOf64), origin, size: Number(size),
        root: bytesOf64(root), signed: new TextEncoder().encode(note.slice(0, end)),
        signatures: note.slice(end + 1).trim().split('\n').map(line => line.split(' ')),
    };
}

// RFC 9162, 2.1.3.2: every hash on the way, the root last.
async function climb(leaf, proof) {
    const steps = [{hash: await sha256(Uint8Array.of(0), leaf)}];
    let index = proof.index, last = proof.size - 1;
    for (const other of proof.path) {
        const hash = steps[steps.length - 1].hash;
        const left = index % 2 === 1 || index === last;
        steps.push({hash: left ? await sha256(Uint8Array.of(1), other, hash)
            : await sha256(Uint8Array.of(1), hash, other), other, left});
        if (left)
            while (index % 2 === 0 && index !== 0) {
                index = Math.floor(index / 2);
                last = Math.floor(last / 2);
            }
        index = Math.floor(index / 2);
        last = Math.floor(last / 2);
    }
    return steps;
}

async function isSigned(proof, vkey) {
    const [name, id, ...rest] = vkey.trim().split('+');
    const key = bytesOf64(rest.join('+'));
    const line = proof.signatures.find(words => words[1] === name && hexOf(bytesOf64(words[2]).slice(0, 4)) === id);
    if (!line || key[0] !== 1)
        return false;
    const imported = await crypto.subtle.importKey('raw', key.slice(1), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', imported, bytesOf64(line[2]).slice(4), proof.signed);
}

function say(list, words, code) {
    const item = document.createElement('li');
    item.textContent = words + ' ';
    if (code) {
        const at = document.createElement('code');
        at.textContent = code;
        item.append(at);
    }
    list.append(item);
}

const button = document.getElementById('check');
button.hidden = false;
button.addEventListener('click', async () => {
    const {proof: address, root, signed, failed, leafHash, node} = button.dataset;
    const list = document.getElementById('path');
    list.replaceChildren();
    try {
        const text = async path => {
            const answer = await fetch(path);
            if (!answer.ok)
                throw new Error(path + ': ' + answer.status);
            return answer.text();
        };
        const proof = read(await text(address));
        const vkey = await text('/log/vkey');
        const leaf = new TextEncoder().encode(document.getElementById('leaf').textContent);
        const steps = await climb(leaf, proof);
        for (const [i, step] of steps.entries())
            say(list, i ? node : leafHash, hexOf(step.hash));
        const top = same(steps[steps.length - 1].hash, proof.root);
        say(list, top ? root : failed, hexOf(proof.root));
        const good = top && await isSigned(proof, vkey);
        say(list, good ? signed : failed, vkey.trim());
        list.className = good ? 'fine' : 'refusal';
    } catch (error) {
        say(list, failed, String(error));
        list.className = 'refusal';
    }
});
