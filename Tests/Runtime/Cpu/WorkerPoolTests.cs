using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Fork and join: every item once, failures, work inside of work, no allocation, the end of the threads.</summary>
public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void EveryItem_IsDoneOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        Assert.Equal(threads, pool.Threads);
        foreach (int count in new[] { 1, 2, 3, 7, 31, 64, 1000, 4099 })
            foreach (int grain in new[] { 1, 2, 5, 64, 5000 })
            {
                int[] done = Count(pool, count, grain, out int shares);
                Assert.All(done, times => Assert.Equal(1, times));
                Assert.InRange(shares, 1, Math.Min((count + grain - 1) / grain, 8 * threads));
            }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void WithoutItems_NothingRuns(int count)
    {
        int shares = 0, items = 0;
        Pools.Two.Run(new CountItems(&items, &shares), count);
        Assert.Equal(0, shares);
    }

    [Fact]
    public void NoMoreThanAGrain_IsOneShareOnTheCaller()
    {
        int inside = 0;
        int* threads = stackalloc int[1];
        Pools.Four.Run(new NoteThreads(1, &inside, threads), 1);
        Assert.Equal(Environment.CurrentManagedThreadId, threads[0]);
        Count(Pools.Four, 50, 50, out int shares);
        Assert.Equal(1, shares);
    }

    [Fact]
    public void Items_RunOnAllThreadsAtOnce()
    {
        using var pool = new WorkerPool(4);
        int inside = 0;
        int* threads = stackalloc int[4];
        pool.Run(new NoteThreads(4, &inside, threads), 4);
        Assert.Equal(4, new[] { threads[0], threads[1], threads[2], threads[3] }.Distinct().Count());
        Assert.Contains(Environment.CurrentManagedThreadId, new[] { threads[0], threads[1], threads[2], threads[3] });
    }

    [Fact]
    public void SleepingWorkers_AreWoken()
    {
        using var pool = new WorkerPool(3);
        int* threads = stackalloc int[3];
        for (int repeat = 0; repeat < 20; repeat++)
        {
            Thread.Sleep(2);    // longer than workers spin
            int inside = 0;
            pool.Run(new NoteThreads(3, &inside, threads), 3);
            Assert.Equal(3, inside);
            Assert.Equal(3, new[] { threads[0], threads[1], threads[2] }.Distinct().Count());
        }
    }

    [Fact]
    public void ManySmallPieces_FollowEachOther()
    {
        using var pool = new WorkerPool(4);
        const int Items = 37, Repeats = 5_000;
        var done = new int[Items];
        int shares = 0;
        fixed (int* items = done)
            for (int i = 0; i < Repeats; i++) pool.Run(new CountItems(items, &shares), Items);
        Assert.All(done, times => Assert.Equal(Repeats, times));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(999)]
    public void Failures_ReachTheCallerWhenAllHaveStopped(int item)
    {
        using var pool = new WorkerPool(4);
        for (int repeat = 0; repeat < 20; repeat++)
        {
            int inside = 0;
            int* address = &inside;
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => pool.Run(new FailAtItem(item, address), 1000));
            Assert.Equal($"item {item}", error.Message);
            Assert.Contains(nameof(FailAtItem), error.StackTrace!, StringComparison.Ordinal);
            Assert.Equal(0, inside);
        }
        Assert.All(Count(pool, 300, 1, out _), times => Assert.Equal(1, times));
    }

    [Fact]
    public void WorkInsideOfWork_RunsToo()
    {
        using var pool = new WorkerPool(4);
        const int Outer = 40, Inner = 25;
        var done = new int[Outer * Inner];
        int shares = 0;
        GCHandle handle = GCHandle.Alloc(pool);
        try
        {
            fixed (int* items = done) pool.Run(new NestedCount(GCHandle.ToIntPtr(handle), items, &shares, Inner), Outer);
        }
        finally
        {
            handle.Free();
        }
        Assert.All(done, times => Assert.Equal(1, times));
        Assert.Equal(Outer, shares);    // one each: the pool is taken, so inner work stays on its caller
    }

    [Fact]
    public void SeveralCallersAtOnce_AllGetTheirItemsDone()
    {
        using var pool = new WorkerPool(3);
        var results = new int[4][];
        var callers = new Thread[4];
        for (int i = 0; i < callers.Length; i++)
        {
            int caller = i;
            callers[i] = new Thread(() =>
            {
                var done = new int[101];
                int shares = 0;
                fixed (int* items = done)
                    for (int repeat = 0; repeat < 500; repeat++) pool.Run(new CountItems(items, &shares), done.Length);
                results[caller] = done;
            });
            callers[i].Start();
        }
        foreach (Thread caller in callers) caller.Join();
        Assert.All(results, done => Assert.All(done, times => Assert.Equal(500, times)));
    }

    [Fact]
    public void Sharing_AllocatesNothing()
    {
        using var pool = new WorkerPool(4);
        var done = new int[64];
        int shares = 0;
        fixed (int* items = done)
        {
            var work = new CountItems(items, &shares);
            Assert.Equal(0, Allocations.Least(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread() + pool.AllocatedBytes;
                for (int i = 0; i < 2_000; i++)
                {
                    pool.Run(work, 64);
                    if (i % 100 == 0) Thread.Sleep(1);     // some of them wake workers
                }
                return GC.GetAllocatedBytesForCurrentThread() + pool.AllocatedBytes - before;
            }));
        }
    }

    [Fact]
    public void WhatWorkersAllocate_IsCounted()
    {
        using var pool = new WorkerPool(4);
        const int Bytes = 10_000;
        for (int repeat = 1; repeat <= 5; repeat++)
        {
            int inside = 0;
            pool.Run(new AllocateOnEveryThread(4, Bytes, &inside), 4);
            // The runtime may grow tables of its own meanwhile, up to 4 kB a thread.
            Assert.InRange(pool.AllocatedBytes, 3L * repeat * Bytes, 3L * repeat * (Bytes + 100) + 12_000);
        }
    }

    [Fact]
    public void Dispose_EndsTheThreadsAndLaterWorkIsRefused()
    {
        foreach (int threads in new[] { 1, 4 })
        {
            var pool = new WorkerPool(threads);
            Count(pool, 100, 1, out _);
            pool.Dispose();
            pool.Dispose();
            Assert.Throws<ObjectDisposedException>(() => Count(pool, 100, 1, out _));
            Assert.Throws<ObjectDisposedException>(() => Count(pool, 1, 1, out _));
        }
    }

    [Fact]
    public void Dispose_WakesSleepingWorkersAndAwaitsThem()
    {
        for (int repeat = 0; repeat < 10; repeat++)
        {
            var pool = new WorkerPool(4);
            if (repeat % 2 == 0) Thread.Sleep(3);
            var disposer = new Thread(pool.Dispose);
            disposer.Start();
            Assert.True(disposer.Join(TimeSpan.FromSeconds(20)), "a worker does not end");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void FewerThanOneThread_IsRefused(int threads)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(threads));
        Assert.Contains($"{threads} threads were asked for; at least 1", error.Message, StringComparison.Ordinal);
    }

    static int[] Count(WorkerPool pool, int count, int grain, out int shares)
    {
        var done = new int[count];
        int split = 0;
        fixed (int* items = done) pool.Run(new CountItems(items, &split), count, grain);
        shares = split;
        return done;
    }
}
