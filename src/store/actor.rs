//! One thread owns the database; everyone else sends it work and waits for the answer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
};

use tokio::sync::oneshot;

use super::{db::Db, error::StoreError};

type Job = Box<dyn FnOnce(&mut Db) + Send>;

/// A handle to the database's thread. When the last one is dropped, the database closes, and has closed when that returns.
#[derive(Clone)]
pub struct Store(Arc<Thread>);

struct Thread {
    /// Empty only while it is being dropped.
    jobs: Option<mpsc::Sender<Job>>,
    handle: Option<thread::JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.jobs = None;
        // A process that ends while the database closes would tear its last writes.
        if let Some(h) = self.handle.take().filter(|h| h.thread().id() != thread::current().id()) {
            let _ = h.join();
        }
    }
}

impl Store {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gave no thread.
    pub fn start(mut db: Db) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let handle = thread::Builder::new()
            .name("store".into())
            .spawn(move || {
                for job in queue {
                    job(&mut db);
                }
            })
            .map_err(|_| StoreError::Closed)?;
        Ok(Self(Arc::new(Thread { jobs: Some(jobs), handle: Some(handle) })))
    }

    /// Runs `f` on the database's thread. After an error that latches redb's handle, the database is opened anew, so
    /// that everything which doesn't need the damaged page goes on.
    ///
    /// # Errors
    /// What `f` said, or the store is closed.
    pub async fn call<R: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Db) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            if done.is_closed() {
                // Whoever asked has given up and will ask again: doing it now would do it twice.
                return;
            }
            // A defect in one job must not take the store away from everyone.
            let r = catch_unwind(AssertUnwindSafe(|| f(db)))
                .unwrap_or_else(|_| Err(StoreError::Database("an internal error".into())));
            if matches!(
                r,
                Err(StoreError::Damaged(_)
                    | StoreError::Database(_)
                    | StoreError::Io { .. }
                    | StoreError::Closed)
            ) {
                // The first error is what the caller needs; a failing reopen shows at the next call.
                let _ = db.reopen();
            }
            let _ = done.send(r);
        });
        self.0.jobs.as_ref().ok_or(StoreError::Closed)?.send(job).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
