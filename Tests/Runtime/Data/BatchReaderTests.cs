using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>The sequence of batches: complete, repeatable, resumable, ahead of the consumer, without allocation.</summary>
public sealed class BatchReaderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnEpoch_HasEveryItemOnce_AndTheNextAnotherOrder(bool prefetched)
    {
        using var batches = new BatchReader(new Numbered(103), size: 10, seed: 7, prefetched: prefetched);
        Assert.Equal(11, batches.BatchesPerEpoch);
        int[] first = Epoch(batches), second = Epoch(batches);
        Assert.Equal(Enumerable.Range(0, 103), first.Order());
        Assert.Equal(Enumerable.Range(0, 103), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(Enumerable.Range(0, 103), first);
    }

    [Fact]
    public void ReadingAhead_ChangesNothing()
    {
        using var ahead = new BatchReader(new Numbered(57), size: 8, seed: 3);
        using var now = new BatchReader(new Numbered(57), size: 8, seed: 3, prefetched: false);
        for (int i = 0; i < 40; i++)
        {
            Batch a = ahead.Next(), b = now.Next();
            Assert.Equal(b.Items.ToArray(), a.Items.ToArray());
            Assert.Equal(b.Features.ToArray(), a.Features.ToArray());
            Assert.Equal(b.Labels.ToArray(), a.Labels.ToArray());
            Assert.Equal(now.Position, ahead.Position);
        }
    }

    [Fact]
    public void TheLastBatch_IsSmallerOrDropped()
    {
        using var smaller = new BatchReader(new Numbered(10), size: 4, shuffled: false);
        Assert.Equal([4, 4, 2, 4], Enumerable.Range(0, 4).Select(_ => smaller.Next().Rows));
        using var dropped = new BatchReader(new Numbered(10), size: 4, shuffled: false, last: LastBatch.Dropped);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 0, 1], Enumerable.Range(0, 3).SelectMany(_ => dropped.Next().Items.ToArray()).Take(10));
        using var all = new BatchReader(new Numbered(3), size: 100, shuffled: false);
        Assert.Equal((3, 6, 3), (all.Next().Rows, all.Next().Features.Length, all.Next().Labels.Length));
    }

    [Fact]
    public void AResumedReader_GoesOnWithTheSameSequence_FromEveryPosition()
    {
        using var whole = new BatchReader(new Numbered(23), size: 5, seed: 11);
        List<(string Position, int[] Items)> sequence = [];
        for (int i = 0; i < 17; i++) sequence.Add((whole.Position.ToString(), whole.Next().Items.ToArray()));
        using var resumed = new BatchReader(new Numbered(23), size: 5, seed: 11);
        foreach (int from in new[] { 16, 3, 0, 9, 4 })
        {
            resumed.Resume(DataPosition.Parse(sequence[from].Position));
            for (int i = from; i < 17; i++)
            {
                Assert.Equal(sequence[i].Position, resumed.Position.ToString());
                Assert.Equal(sequence[i].Items, resumed.Next().Items.ToArray());
            }
        }
    }

    [Fact]
    public void APositionElsewhere_IsRefused()
    {
        using var batches = new BatchReader(new Numbered(23), size: 5, seed: 11);
        DataPosition good = batches.Position;
        foreach (DataPosition bad in new[] { good with { Length = 24 }, good with { Size = 6 }, good with { Seed = 12 },
            good with { Shuffled = false }, good with { Batch = 5 }, good with { Epoch = -1 } })
        {
            string message = Assert.Throws<ArgumentException>(() => batches.Resume(bad)).Message;
            Assert.Contains(bad.ToString(), message, StringComparison.Ordinal);
            Assert.Contains("length=23,size=5,seed=11", message, StringComparison.Ordinal);
        }
        foreach (string text in new[] { "", "epoch=1", "epoch=1,batch=2,length=3,size=4,seed=5,shuffled=2", "epoch=-1,batch=2,length=3,size=4,seed=5,shuffled=1" })
            Assert.Throws<FormatException>(() => DataPosition.Parse(text));
    }

    [Fact]
    public void WhatReadingThrows_ComesInItsTurn_AndCanBeTriedAgain()
    {
        var data = new Numbered(12, failAt: 9);
        using var batches = new BatchReader(data, size: 4, shuffled: false);
        Assert.Equal(0, batches.Next().Items[0]);
        Assert.Equal(4, batches.Next().Items[0]);
        for (int i = 0; i < 2; i++)
        {
            DatasetException problem = Assert.Throws<DatasetException>(() => batches.Next());
            Assert.Equal(("numbers.bin", 10L), (problem.File, problem.Row));
            Assert.Equal(2, batches.Position.Batch);
        }
        data.IsBroken = false;
        Assert.Equal([8, 9, 10, 11], batches.Next().Items.ToArray());
        Assert.Equal((1, 0), (batches.Position.Epoch, batches.Position.Batch));
    }

    [Fact]
    public void NextIsAhead_ByOneBatch_AndNeverOverwritesTheOneInUse()
    {
        using var batches = new BatchReader(new Numbered(1000), size: 10, shuffled: false);
        Batch batch = batches.Next();
        for (int i = 0; i < 200; i++)
        {
            int[] before = batch.Items.ToArray();
            System.Threading.Thread.SpinWait(2000);
            Assert.Equal(before, batch.Items.ToArray());
            Assert.All(batch.Labels.ToArray(), (label, row) => Assert.Equal(before[row], label));
            batch = batches.Next();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reading_AllocatesNothing(bool prefetched)
    {
        Assert.Equal(0, Allocations.Least(() =>
        {
            var data = new Numbered(64);
            using var batches = new BatchReader(data, size: 16, seed: 5, prefetched: prefetched);
            for (int i = 0; i < 50; i++) batches.Next();
            long reader = data.AllocatedByReader, caller = GC.GetAllocatedBytesForCurrentThread(), sum = 0;
            for (int i = 0; i < 500; i++) sum += batches.Next().Labels[0];
            caller = GC.GetAllocatedBytesForCurrentThread() - caller;
            Assert.True(sum > 0);
            Assert.True(data.Reads >= 16 * 550);
            return caller + data.AllocatedByReader - reader;
        }));
    }

    [Fact]
    public void BadNumbersAndLabels_AreNamed()
    {
        var broken = new ArrayDataset("table", new(Features: 2, Labels: 1), features: new[] { 1f, 2, 3, float.NaN }, labels: new[] { 0, 1 });
        using var reader = new BatchReader(broken, size: 2, shuffled: false, prefetched: false);
        Assert.Contains("table, item 1: feature 1 is NaN", Assert.Throws<DatasetException>(() => reader.Next()).Message, StringComparison.Ordinal);
        Assert.Contains("table, row 2: the label is 7; with 3 classes", Assert.Throws<DatasetException>(() =>
            new ArrayDataset("table", new(Features: 1, Labels: 1), features: new float[2], labels: new[] { 0, 7 }, classes: 3)).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of 2", Assert.Throws<DatasetException>(() =>
            new ArrayDataset("table", new(Features: 2), features: new float[5])).Message, StringComparison.Ordinal);
        Assert.Contains("labels for 3 items, but 2 items", Assert.Throws<DatasetException>(() =>
            new ArrayDataset("table", new(Features: 1, Labels: 1), features: new float[2], labels: new int[3])).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => new ArrayDataset("nothing", new(Features: 1)));
        Assert.Throws<ArgumentException>(() => new BatchReader(new Numbered(3), size: 4, last: LastBatch.Dropped));
    }

    [Fact]
    public void ADisposedReader_SaysSo()
    {
        var batches = new BatchReader(new Numbered(10), size: 2);
        batches.Next();
        batches.Dispose();
        batches.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batches.Next());
    }

    static int[] Epoch(BatchReader batches) =>
        [.. Enumerable.Range(0, batches.BatchesPerEpoch).SelectMany(_ => batches.Next().Items.ToArray())];
}
