"""A network namespace for each machine, and a link from each laptop's to the hub's."""

import subprocess

NOBODY = "02:00:00:00:00:fe"  # an address that no interface has


class Links:
    """The hub is 10.77.N.1 for the laptop N, which is 10.77.N.2."""

    def __init__(self, laptops):
        self.laptops = list(laptops)
        _ip("netns", "add", "hub")
        _ip("-n", "hub", "link", "set", "lo", "up")
        for number, laptop in enumerate(self.laptops):
            self._lay(number, laptop)

    def _lay(self, number, laptop):
        _ip("netns", "add", laptop)
        _ip("-n", laptop, "link", "set", "lo", "up")
        _ip("link", "add", f"to-{laptop}", "netns", "hub", "type", "veth",
            "peer", "name", "to-hub", "netns", laptop)
        for space, device, host in (("hub", f"to-{laptop}", 1), (laptop, "to-hub", 2)):
            _ip("-n", space, "address", "add", f"10.77.{number}.{host}/24", "dev", device)
            _ip("-n", space, "link", "set", device, "up")

    def hub_address(self, laptop):
        return f"10.77.{self.laptops.index(laptop)}.1"

    @staticmethod
    def inside(space):
        """The words before a command that make it run in that namespace."""
        return ["nsenter", f"--net=/run/netns/{space}", "--"]

    def down(self, laptop):
        _ip("-n", laptop, "link", "set", "to-hub", "down")

    def up(self, laptop):
        _ip("-n", laptop, "link", "set", "to-hub", "up")

    def drop(self, laptop, towards_hub):
        """From now on what is sent in that direction reaches nobody. A link that goes down forgets it."""
        self._neighbour("replace", laptop, towards_hub, "lladdr", NOBODY, "nud", "permanent")

    def pass_on(self, laptop, towards_hub):
        self._neighbour("del", laptop, towards_hub)

    def _neighbour(self, verb, laptop, towards_hub, *more):
        number = self.laptops.index(laptop)
        space, device, host = (laptop, "to-hub", 1) if towards_hub else ("hub", f"to-{laptop}", 2)
        words = ["ip", "-n", space, "neighbour", verb, f"10.77.{number}.{host}", "dev", device, *more]
        subprocess.run(words, capture_output=True, check=False)

    def close(self):
        for space in ("hub", *self.laptops):
            _ip("netns", "delete", space)


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
