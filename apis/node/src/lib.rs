//! The node:* modules: process and timers.
