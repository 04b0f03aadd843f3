using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Threads that share the items of one piece of work after another: fork, join, nothing allocated in between. The
/// caller is one of the threads. Workers wait for the next work in a short spin, then asleep.
/// </summary>
/// <remarks>
/// Which thread does which items is not fixed, so work whose items are independent has the same result for any number
/// of threads. A pool runs one piece of work at a time: work started from inside of work, or by another thread at the
/// same time, runs on its caller.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    const int ChunksPerThread = 8;         // enough for a thread that lost its core to others to be made up for
    // longer than the pauses between the kernels of a step, shorter than anybody notices
    const int SpinMicroseconds = 50;
    const int Closed = 1 << 30;

    readonly Thread[] workers;
    readonly PaddedCounter[] allocated;
    readonly PaddedCounter[] sleeping;      // 1 where a worker sleeps, or is about to, until its event is set
    // one each: on a shared one they would queue, and NativeAOT allocates for a lock's first queue
    readonly AutoResetEvent[] wakeUps;

    delegate*<void*, int, int, void> function;
    void* work;
    int count;
    int chunk;
    Exception? failure;
    long allocatedBefore;
    int isRunning;
    bool isDisposed;

    [ThreadStatic] static long allocatedForThread;

    PaddedCounter next;         // first item nobody has taken
    PaddedCounter generation;   // goes up with each piece of work, and when the pool is disposed
    PaddedCounter entered;      // workers inside the present work; Closed is added while there is none to enter

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many threads work, the caller's included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public WorkerPool(int threads)
    {
        if (threads < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads,
                $"WorkerPool: {threads} threads were asked for; at least 1, the caller itself, is needed. " +
                "Pass 1 to use no other threads, or Environment.ProcessorCount to use every core.");
        }
        Threads = threads;
        entered.Value = Closed;
        workers = new Thread[threads - 1];
        allocated = new PaddedCounter[threads - 1];
        sleeping = new PaddedCounter[threads - 1];
        wakeUps = new AutoResetEvent[threads - 1];
        for (int i = 0; i < workers.Length; i++)
        {
            int index = i;
            wakeUps[i] = new AutoResetEvent(false);
            workers[i] = new Thread(() => Serve(index)) { IsBackground = true, Name = $"ModelCompiler worker {i + 1}" };
            workers[i].Start();
        }
    }

    /// <summary>How many threads work, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Bytes that all workers together, without the callers, have allocated on the managed heap while working.
    /// </summary>
    public long AllocatedBytes
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < allocated.Length; i++) sum += Volatile.Read(ref allocated[i].Value);
            return sum;
        }
    }

    /// <summary>
    /// Bytes that workers of any pool have allocated on the managed heap for work that the calling thread ran.
    /// </summary>
    /// <remarks>Models share pools: what <see cref="AllocatedBytes"/> adds up may be another model's.</remarks>
    public static long AllocatedForThisThread => allocatedForThread;

    /// <summary>Does all items and returns when the last one is done.</summary>
    /// <param name="work">Copied once; all threads share that copy.</param>
    /// <param name="count">Number of items; nothing happens for 0 or less.</param>
    /// <param name="grain">
    /// Items worth a thread's trouble: threads take multiples of this many, and no more than that run on the caller
    /// alone.
    /// </param>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    /// <remarks>
    /// Errors: the first exception of an item is thrown to the caller once all threads have stopped; some items are
    /// then left out.
    /// </remarks>
    public void Run<TWork>(TWork work, int count, int grain = 1) where TWork : unmanaged, IWork
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed), this);
        if (count <= 0) return;
        long start = KernelProfile.Start();
        Run(&work, count, Math.Max(1, grain));
        if (start != 0) KernelProfile.End(start, typeof(TWork), null, 0, 0);
    }

    void Run<TWork>(TWork* work, int count, int grain) where TWork : unmanaged, IWork
    {
        if (Threads == 1 || count <= grain || Interlocked.CompareExchange(ref isRunning, 1, 0) != 0)
        {
            work->Run(0, count);
            return;
        }
        try
        {
            Share(&Invoke<TWork>, work, count, grain);
        }
        finally
        {
            Volatile.Write(ref isRunning, 0);
        }
    }

    static void Invoke<TWork>(void* work, int first, int last) where TWork : unmanaged, IWork =>
        ((TWork*)work)->Run(first, last);

    void Share(delegate*<void*, int, int, void> function, void* work, int count, int grain)
    {
        long grains = ((long)count + grain - 1) / grain;
        long chunks = Math.Min(grains, (long)Threads * ChunksPerThread);
        this.function = function;
        this.work = work;
        this.count = count;
        chunk = (int)Math.Min(int.MaxValue, (grains + chunks - 1) / chunks * grain);
        failure = null;
        next.Value = 0;
        Interlocked.Add(ref entered.Value, -Closed);
        // A full fence: either this thread sees a worker asleep, or the worker sees the new generation before it falls
        // asleep.
        Interlocked.Increment(ref generation.Value);
        WakeWorkers();
        TakeChunks();
        // Workers that come too late are kept out, so only those already inside are waited for.
        Interlocked.Add(ref entered.Value, Closed);
        var wait = new SpinWait();
        while (Volatile.Read(ref entered.Value) != Closed) wait.SpinOnce(sleep1Threshold: -1);
        long allocatedNow = AllocatedBytes;
        allocatedForThread += allocatedNow - allocatedBefore;
        allocatedBefore = allocatedNow;
        if (failure is { } exception)
        {
            failure = null;
            ExceptionDispatchInfo.Throw(exception);
        }
    }

    void TakeChunks()
    {
        try
        {
            while (true)
            {
                long first = Interlocked.Add(ref next.Value, chunk) - chunk;
                if (first >= count) return;
                function(work, (int)first, (int)Math.Min(count, first + chunk));
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            Interlocked.Exchange(ref next.Value, count);
        }
    }

    void Serve(int index)
    {
        // What a thread allocates once comes before it counts: its buffers, and what NativeAOT keeps for threads that
        // have waited.
        _ = PackingBuffers.OfThread;
        wakeUps[index].WaitOne(millisecondsTimeout: 1);
        long seen = 0, before = GC.GetAllocatedBytesForCurrentThread();
        while (true)
        {
            seen = AwaitNext(index, seen);
            if (Volatile.Read(ref isDisposed)) return;
            if ((Interlocked.Increment(ref entered.Value) & Closed) == 0)
            {
                TakeChunks();
                Volatile.Write(ref allocated[index].Value, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Interlocked.Decrement(ref entered.Value);
        }
    }

    /// <summary>Waits for a generation other than the one seen last, and returns it.</summary>
    long AwaitNext(int index, long seen)
    {
        long start = Stopwatch.GetTimestamp(), spin = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;
        long now;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                now = Volatile.Read(ref generation.Value);
                if (now != seen) return now;
                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() - start < spin);
        Interlocked.Exchange(ref sleeping[index].Value, 1);
        now = Volatile.Read(ref generation.Value);
        if (now != seen && Interlocked.Exchange(ref sleeping[index].Value, 0) == 1) return now;
        // Set exactly once after each time somebody else took the 1 away, which they do only after a new generation.
        wakeUps[index].WaitOne();
        return Volatile.Read(ref generation.Value);
    }

    void WakeWorkers()
    {
        for (int i = 0; i < sleeping.Length; i++)
        {
            if (Volatile.Read(ref sleeping[i].Value) == 1
                && Interlocked.Exchange(ref sleeping[i].Value, 0) == 1) wakeUps[i].Set();
        }
    }

    /// <summary>Ends the threads. Must not be called while work runs.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        Volatile.Write(ref isDisposed, true);
        Interlocked.Increment(ref generation.Value);
        WakeWorkers();
        foreach (Thread worker in workers) worker.Join();
        foreach (AutoResetEvent wakeUp in wakeUps) wakeUp.Dispose();
    }
}
