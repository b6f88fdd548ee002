// Nothing but this.
