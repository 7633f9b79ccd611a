"""One person with matrix-nio and libolm: reads commands as JSON lines, answers each with a JSON line.

    python3 nio_person.py <server's address> <folder for keys>

A command is {"do": <name>, ...}; the answer holds its result, or "error".
"""

import asyncio
import json
import sys

from aiohttp import ClientSession
from nio import AsyncClient, AsyncClientConfig, ErrorResponse, RedactedEvent
from nio import Event, InviteMemberEvent, MegolmEvent, ReceiptEvent, TypingNoticeEvent
from nio.crypto.attachments import decrypt_attachment

PATIENCE_SECONDS = 40


class Person:
    def __init__(self, url, folder):
        self.url = url
        self.folder = folder
        self.seen = []
        self.news = asyncio.Condition()
        self.syncing = None

    def connect(self, user):
        config = AsyncClientConfig(encryption_enabled=True)
        self.client = AsyncClient(self.url, user, store_path=self.folder, config=config)
        self.client.add_event_callback(self.on_event, Event)
        self.client.add_event_callback(self.on_event, InviteMemberEvent)
        self.client.add_ephemeral_callback(self.on_ephemeral, (TypingNoticeEvent, ReceiptEvent))

    async def on_event(self, room, event):
        source = getattr(event, "source", {})
        await self.tell(
            kind="undecrypted" if isinstance(event, MegolmEvent) else "event",
            room=room.room_id,
            id=getattr(event, "event_id", None),
            type=source.get("type"),
            sender=event.sender,
            content=event.content if isinstance(event, InviteMemberEvent) else source.get("content"),
            encrypted=getattr(event, "decrypted", False),
            redacted=isinstance(event, RedactedEvent),
        )

    async def on_ephemeral(self, room, event):
        if isinstance(event, TypingNoticeEvent):
            await self.tell(kind="typing", room=room.room_id, users=event.users)
        else:
            for receipt in event.receipts:
                await self.tell(kind="receipt", room=room.room_id, id=receipt.event_id, sender=receipt.user_id)

    async def tell(self, **what):
        async with self.news:
            self.seen.append(what)
            self.news.notify_all()

    async def register(self, name, password):
        self.connect(name)
        return who(await self.client.register(name, password, "nio"))

    async def log_in(self, name, password):
        self.connect(name)
        return who(await self.client.login(password, "nio"))

    async def start(self):
        """Uploads the device's keys, and follows the server from now on."""
        checked(await self.client.sync(timeout=0, full_state=True))
        if self.client.should_upload_keys:
            checked(await self.client.keys_upload())
        self.syncing = asyncio.ensure_future(self.client.sync_forever(timeout=1000))
        return {}

    async def create_encrypted_room(self, invite, version):
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        made = await self.client.room_create(invite=invite, initial_state=[encryption], room_version=version)
        return {"room": checked(made).room_id}

    async def join(self, room):
        checked(await self.client.join(room))
        return {}

    async def members(self, room):
        return {"members": [member.user_id for member in checked(await self.client.joined_members(room)).members]}

    async def know(self, room, users):
        """Waits until this device knows that the room is encrypted, its members, and a device of each."""
        return await self.until(lambda: self.knows(room, users), f"knows the devices of {users}")

    def knows(self, room, users):
        known = self.client.rooms.get(room)
        if known is None or not known.encrypted:
            return False
        # nio does not count the device that it runs on.
        return all(user in known.users and (user == self.client.user_id or self.devices_of(user)) for user in users)

    async def know_devices(self, user, count):
        return await self.until(lambda: self.devices_of(user) == count, f"knows {count} devices of {user}")

    def devices_of(self, user):
        return len(list(self.client.device_store.active_user_devices(user)))

    async def until(self, holds, what):
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while not holds():
            if loop.time() > deadline:
                raise TimeoutError(f"it never happened: {what}")
            await asyncio.wait_for(self.client.synced.wait(), PATIENCE_SECONDS)
        return {}

    async def send(self, room, body):
        return await self.send_content(room, {"msgtype": "m.text", "body": body})

    async def send_content(self, room, content):
        sent = await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        return {"id": checked(sent).event_id}

    async def send_file(self, room, text):
        data = text.encode()
        answer, keys = await self.client.upload(
            lambda _limited, _timeouts: data, "text/plain", "notes.txt", encrypt=True, filesize=len(data)
        )
        file = {**keys, "url": checked(answer).content_uri}
        return await self.send_content(room, {"msgtype": "m.file", "body": "notes.txt", "file": file})

    async def open_file(self, file):
        """Downloads with a token; this release of nio knows only the endpoints without one."""
        address = f"{self.url}/_matrix/client/v1/media/download/{file['url'].removeprefix('mxc://')}"
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        async with ClientSession() as session, session.get(address, headers=headers) as answer:
            data = await answer.read()
        text = decrypt_attachment(data, file["key"]["k"], file["hashes"]["sha256"], file["iv"]).decode()
        return {"status": answer.status, "text": text}

    async def type(self, room):
        checked(await self.client.room_typing(room, True, 20_000))
        return {}

    async def read(self, room, id):
        checked(await self.client.room_read_markers(room, id, id))
        return {}

    async def set_name(self, name):
        checked(await self.client.set_displayname(name))
        return {"name": checked(await self.client.get_displayname()).displayname}

    async def redact(self, room, id):
        return {"id": checked(await self.client.room_redact(room, id, "not meant")).event_id}

    async def history(self, room):
        page = checked(await self.client.room_messages(room, "", limit=100))
        return {"events": [event.source for event in page.chunk]}

    async def wait(self, **wanted):
        """The first thing seen that has all the members named; those of `content` are compared one by one."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: self.find(wanted)), PATIENCE_SECONDS)
            return self.find(wanted)

    def find(self, wanted):
        return next((what for what in self.seen if includes(what, wanted)), None)


def includes(what, wanted):
    if isinstance(wanted, dict):
        return isinstance(what, dict) and all(includes(what.get(key), value) for key, value in wanted.items())
    return what == wanted


def who(answer):
    checked(answer)
    return {"user": answer.user_id, "device": answer.device_id}


def checked(answer):
    if isinstance(answer, ErrorResponse):
        raise RuntimeError(str(answer))
    return answer


async def main(url, folder):
    person = Person(url, folder)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        try:
            answer = await getattr(person, command.pop("do"))(**command)
        except Exception as error:
            seen = [(what["kind"], what.get("type"), what.get("content")) for what in person.seen]
            answer = {"error": f"{type(error).__name__}: {error}; seen: {seen}"}
        print(json.dumps(answer), flush=True)
    if person.syncing:
        person.syncing.cancel()
    await person.client.close()


asyncio.run(main(*sys.argv[1:]))
