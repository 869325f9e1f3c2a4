// Saves words as they are typed, shows beside them what a reader will see, and
// tells when the page on disk is another than the one that is shown.
// Without this script the same forms do the same, one press of a button at a
// time.
"use strict";

(() => {
	const pause = 600; // milliseconds without a key, before words are saved
	document.documentElement.classList.add("scripted");
	const every = 2000; // milliseconds between looks at what is on disk
	const writings = [];
	let sent = 0, running = 0; // forms, so far and on their way

	// send posts a form and returns the answer; an answer that is none, or no
	// answer, is said in the same way.
	async function send(action, fields) {
		sent++;
		running++;
		try {
			const response = await fetch(action, {
				method: "POST", headers: {Accept: "application/json"}, body: new URLSearchParams(fields), redirect: "error",
			});
			if ((response.headers.get("Content-Type") || "").startsWith("application/json"))
				return {status: response.status, ...await response.json()};
			return {status: response.status, said: (await response.text()).trim()};
		} catch {
			return {status: 0, said: "Not saved: preread open does not answer. Your words are still here."};
		} finally {
			running--;
		}
	}

	// A Writing is one slot that is written in.
	class Writing {
		constructor(form) {
			this.form = form;
			this.slot = form.closest(".slot");
			this.area = form.elements.words;
			this.output = form.querySelector("output");
			this.undo = this.slot.querySelector("form.undo");
			this.saved = this.area.value;
			this.clash = null;
			this.running = null;
			this.area.addEventListener("input", () => this.typed());
			form.addEventListener("submit", event => this.submitted(event));
			form.parentElement.addEventListener("toggle", () => this.opened());
			this.undo.addEventListener("submit", event => { event.preventDefault(); this.takeBack(); });
		}

		// opened lets whoever opens a slot go on where its words end.
		opened() {
			if (this.form.parentElement.open) {
				this.area.focus({preventScroll: true});
				this.area.setSelectionRange(this.area.value.length, this.area.value.length);
			}
		}

		get dirty() { return this.area.value !== this.saved; }

		say(words, trouble) {
			this.output.textContent = words;
			this.output.classList.toggle("trouble", Boolean(trouble));
		}

		typed() {
			clearTimeout(this.timer);
			if (!this.clash) {
				this.say("…");
				this.timer = setTimeout(() => this.save(), pause);
			}
		}

		// save sends what is there; while one is on its way, the next one waits.
		async save() {
			clearTimeout(this.timer);
			while (this.running)
				await this.running;
			if (this.clash || !this.dirty)
				return;
			const words = this.area.value;
			this.running = send(this.form.action, {...Object.fromEntries(new FormData(this.form)), words});
			const answer = await this.running;
			this.running = null;
			this.take(answer, words);
			if (answer.status === 200 && this.dirty)
				this.typed();
		}

		// take shows what became of words that were sent.
		take(answer, words) {
			if (answer.html !== undefined)
				this.slot.querySelector(".words").innerHTML = answer.html;
			if (answer.status === 200) {
				this.saved = words;
				this.began(answer);
				this.say("Saved");
				return;
			}
			this.say(answer.said, true);
			if (answer.status === 409)
				this.collide(answer);
		}

		// began takes over what the next form begins with.
		began(answer) {
			for (const form of this.slot.querySelectorAll("form"))
				if (form.elements.was)
					form.elements.was.value = answer.was;
			this.undo.hidden = !answer.undo;
			const prompt = this.slot.querySelector(".prompt");
			if (prompt)
				prompt.hidden = answer.words !== "";
		}

		// collide shows the words on disk beside those that were typed, and a way
		// to have both.
		collide(answer) {
			this.began(answer);
			const box = document.createElement("div"), choice = document.createElement("p"), button = document.createElement("button");
			box.className = "clash";
			choice.className = "do";
			button.type = "button";
			button.textContent = answer.gone ? "Keep them at the end of the page" : "Save both";
			if (!answer.gone) {
				const title = document.createElement("p"), theirs = document.createElement("div");
				title.textContent = answer.theirs ? "On disk stands:" : "On disk nothing stands here any more.";
				theirs.innerHTML = answer.theirs;
				box.append(title, theirs);
			}
			button.addEventListener("click", () => this.join(answer.gone));
			choice.append(button);
			box.append(choice);
			if (this.clash)
				this.clash.remove();
			this.clash = box;
			this.form.append(box);
		}

		// join saves both texts, or words whose place is gone.
		async join(gone) {
			const words = this.area.value;
			const answer = await send(this.form.action.replace(/save$/, gone ? "keep" : "both"), {...Object.fromEntries(new FormData(this.form)), words});
			if (answer.status !== 200) {
				this.take(answer, words);
				return;
			}
			this.clash.remove();
			this.clash = null;
			if (gone) {
				this.saved = words;
				location.reload();
				return;
			}
			this.replace(words, answer);
		}

		// replace puts other words in the place of those that were there when the
		// change was sent, unless somebody has typed meanwhile.
		replace(sent, answer) {
			if (this.area.value === sent)
				this.area.value = answer.words;
			this.take(answer, answer.words);
			if (this.dirty)
				this.typed();
		}

		async submitted(event) {
			if (event.submitter && event.submitter.hasAttribute("formaction"))
				return;
			event.preventDefault();
			await this.save();
			if (!this.dirty && !this.clash)
				this.form.parentElement.open = false;
		}

		async takeBack() {
			await this.save();
			if (this.clash)
				return;
			const sent = this.area.value;
			const answer = await send(this.undo.action, Object.fromEntries(new FormData(this.undo)));
			if (answer.status !== 200) {
				this.take(answer, sent);
				return;
			}
			this.replace(sent, answer);
			if (!this.dirty)
				this.say("Taken back");
		}
	}

	// A Watch tells that others changed the page on disk, and loads it when asked
	// to: never over words that are not saved.
	class Watch {
		constructor(line) {
			this.line = line;
			setInterval(() => this.look(), every);
			document.addEventListener("visibilitychange", () => this.look());
		}

		// look compares what is on disk with what is shown here; while a form is on
		// its way, nobody knows what that is.
		async look() {
			const before = sent;
			if (document.hidden || running)
				return;
			try {
				const response = await fetch(this.line.dataset.state);
				const changed = !response.ok || this.differs(await response.json());
				if (sent === before)
					this.tell(changed);
			} catch {
				// It has ended; the next words say so.
			}
		}

		differs(disk) {
			return disk.page !== this.line.dataset.page ||
				[...document.querySelectorAll(".slot form.undo")].some(({elements: e}) => disk.slots[e.slot.value] !== e.was.value);
		}

		tell(changed) {
			if (changed === this.line.hasChildNodes())
				return;
			this.line.replaceChildren();
			if (!changed)
				return;
			const button = document.createElement("button");
			button.type = "button";
			button.textContent = "Load it";
			button.addEventListener("click", () => this.load());
			this.line.append("The page changed on disk. ", button);
		}

		async load() {
			await Promise.all(writings.map(w => w.save()));
			const fields = [...document.querySelectorAll("form.fields input:not([type=hidden])")];
			if (writings.some(w => w.dirty) || fields.some(f => f.value !== f.defaultValue))
				this.line.firstChild.textContent = "The page changed on disk, and what you wrote here is not saved yet. ";
			else
				location.reload();
		}
	}

	for (const form of document.querySelectorAll(".slot form.write"))
		writings.push(new Writing(form));
	for (const line of document.querySelectorAll(".changed"))
		new Watch(line);

	// Other forms lead to a new page: words that wait are saved before.
	for (const form of document.querySelectorAll("form"))
		if (!form.matches(".slot form.write, .slot form.undo"))
			form.addEventListener("submit", async event => {
				if (!writings.some(w => w.dirty))
					return;
				event.preventDefault();
				await Promise.all(writings.map(w => w.save()));
				if (!writings.some(w => w.dirty))
					form.requestSubmit(event.submitter);
			});

	document.addEventListener("visibilitychange", () => {
		if (document.hidden)
			writings.forEach(w => w.save());
	});
	addEventListener("beforeunload", event => {
		if (writings.some(w => w.dirty))
			event.preventDefault();
	});
})();
