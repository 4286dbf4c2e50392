/** A task: runs once per attempt, and ends at a port. `C` is its config class. */
export class BaseWorkflowNode {
    /** The result that goes on at this port. */
    to(port, output, more = {}) {
        return { ...more, port, output };
    }
}
/** Runs its body in instances. Pure: the same state gives the same step. */
export class BaseScopeNode {
    iterate(item) {
        return { type: 'iterate', item };
    }
    settle(port, output) {
        return { type: 'settle', port, output };
    }
    /** Nothing to start until a running iteration has ended. */
    stay() {
        return { type: 'stay' };
    }
    fail(failure) {
        return { type: 'fail', failure };
    }
}
/** Has several in-edges that do not all have to arrive. Pure. */
export class BaseJoinNode {
}
/** Ends by something from outside, and holds no memory meanwhile. Pure. */
export class BaseWaitNode {
}
