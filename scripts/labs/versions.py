"""Programs of two versions: which machines have the earlier one, and when the present one takes its place."""

import random


# What an earlier program may not know: it keeps and passes on what it cannot show.
CONFIG, CONFIG_TEXT = "shared.yaml", "lr: 0.1\n"


class Versions:
    def __init__(self, present, earlier, plan):
        """Without an earlier program everybody has the present one."""
        self._present = present
        self._earlier = earlier
        self._until = _chosen(plan) if earlier else {}  # machine: the step that finds the present one

    def program(self, machine):
        return self._earlier if machine in self._until else self._present

    def earlier(self):
        """The machines that have the earlier program now."""
        return sorted(self._until)

    def come_to(self, step):
        """Machines that get the present program before this step. What runs there goes on as it is."""
        return self._upgrade(machine for machine, until in self._until.items() if until == step)

    def end(self):
        """All that are left get it now."""
        return self._upgrade(self._until)

    def _upgrade(self, machines):
        upgraded = sorted(machines)
        for machine in upgraded:
            del self._until[machine]
        return upgraded


def _chosen(plan):
    """Somebody has either program, and of those with the earlier one about half keep it to the end.

    The dice are its own: what else a seed chooses is the same without an earlier program.
    """
    rng = random.Random(f"{plan.seed} versions")
    people = ("hub", *plan.laptops)
    return {
        machine: rng.choice([None, rng.randrange(1, len(plan.steps))])
        for machine in rng.sample(people, rng.randint(1, len(people) - 1))
    }
