using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Reads a data set in batches, epoch after epoch without end, each in an order drawn by the seed. A thread of its own
/// reads the next batch while the model computes.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: two batches, made at the start; reading allocates nothing.</para>
/// <para><b>Errors</b>: what reading throws comes out of <see cref="Next"/> when that batch's turn has come, with the
/// file and the row. A reader serves one thread at a time.</para>
/// </remarks>
/// <example><code>
/// using var batches = new BatchReader(split.Training, size: 32, seed: 1337);
/// for (int step = 0; step &lt; 1000; step++)
/// {
///     Batch batch = batches.Next();
///     trainer.Step(batch.Features, batch.Labels, B: batch.Rows);
/// }
/// File.WriteAllText("position.txt", batches.Position.ToString());   // batches.Resume(DataPosition.Parse(…)) goes on
/// </code></example>
public sealed class BatchReader : IDisposable
{
    readonly Dataset data;
    readonly Batch[] buffers;
    readonly object gate = new();
    readonly Thread? thread;
    readonly LastBatch last;
    DataPosition reading;           // what the thread reads next; under the gate
    int filled, handedOut = -1;     // buffers ready, and the one at the consumer; under the gate
    int nextOut, nextIn;            // buffers in turn
    int generation;                 // one more at each Resume; under the gate
    ExceptionDispatchInfo? failure; // of the batch after the filled ones; under the gate
    bool hasThrown;                 // whether the consumer knows of the failure; under the gate
    bool isDisposed;

    /// <summary>Starts reading.</summary>
    /// <param name="data">Of it all items are read once an epoch.</param>
    /// <param name="size">Items of a batch: the model's B, at least 1.</param>
    /// <param name="seed">Equal seeds read equal data in equal order, on every machine.</param>
    /// <param name="shuffled">Whether each epoch has an order of its own; otherwise the data's.</param>
    /// <param name="last">What happens to items that do not fill a batch.</param>
    /// <param name="prefetched">Whether a thread reads ahead; otherwise <see cref="Next"/> reads itself.</param>
    /// <exception cref="ArgumentException">No batch can be filled.</exception>
    public BatchReader(Dataset data, int size, ulong seed = 0, bool shuffled = true, LastBatch last = LastBatch.Smaller,
        bool prefetched = true)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (last == LastBatch.Dropped && size > data.Length)
            throw new ArgumentException(
                $"{data.Name} has {data.Length} items, which do not fill a batch of {size}. Use smaller batches, or " +
                "LastBatch.Smaller.", nameof(size));
        (this.data, this.last) = (data, last);
        BatchesPerEpoch = last == LastBatch.Dropped ? data.Length / size : (data.Length - 1) / size + 1;
        reading = Position = new(0, 0, data.Length, size, seed, shuffled);
        int rows = Math.Min(size, data.Length);
        buffers = prefetched ? [new(data.Shape, rows), new(data.Shape, rows)] : [new(data.Shape, rows)];
        if (!prefetched) return;
        // A thread's first wait for an object allocates: here, not in the first step.
        lock (gate) Monitor.Wait(gate, millisecondsTimeout: 0);
        thread = new Thread(ReadAhead) { IsBackground = true, Name = $"Reader of {data.Name}" };
        thread.Start();
    }

    /// <summary>Batches of one epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Which batch <see cref="Next"/> returns next.</summary>
    public DataPosition Position { get; private set; }

    /// <summary>The next batch; after the last one of an epoch, the first one of the next.</summary>
    /// <returns>Valid until the next call.</returns>
    /// <exception cref="DatasetException">An item cannot be read, or is not what it should be.</exception>
    public Batch Next()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Batch batch = thread is null ? ReadNow() : Await();
        Position = batch.Next;
        return batch;
    }

    /// <summary>Goes on where another reader of the same data stood.</summary>
    /// <param name="position">From <see cref="Position"/>, or from a batch.</param>
    /// <exception cref="ArgumentException">It is a position in other data, or of batches of another size.</exception>
    public void Resume(DataPosition position)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        DataPosition here = Position with { Epoch = position.Epoch, Batch = position.Batch };
        if (here != position || position.Epoch < 0 || (uint)position.Batch >= (uint)BatchesPerEpoch)
            throw new ArgumentException(
                $"The position is {position}, but {data.Name} is read with {Position}, {BatchesPerEpoch} batches an " +
                "epoch. Resume with the data, batch size and seed that the run had.", nameof(position));
        lock (gate)
        {
            reading = position;
            filled = 0;
            nextOut = nextIn;
            (failure, hasThrown) = (null, false);
            generation++;
            Monitor.PulseAll(gate);
        }
        Position = position;
    }

    /// <summary>Ends the thread. The batches are no longer valid.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        lock (gate)
        {
            isDisposed = true;
            Monitor.PulseAll(gate);
        }
        thread?.Join();
    }

    Batch ReadNow()
    {
        Fill(buffers[0], Position);
        return buffers[0];
    }

    Batch Await()
    {
        lock (gate)
        {
            handedOut = -1;
            // The thread has stopped at the failure; a call after the one that threw tries that batch again.
            if (hasThrown) (failure, hasThrown) = (null, false);
            Monitor.PulseAll(gate);
            while (filled == 0 && failure is null) Monitor.Wait(gate);
            if (filled == 0)
            {
                hasThrown = true;
                failure!.Throw();
            }
            filled--;
            handedOut = nextOut;
            nextOut = (nextOut + 1) % buffers.Length;
            return buffers[handedOut];
        }
    }

    void ReadAhead()
    {
        while (true)
        {
            DataPosition position;
            int buffer, seen;
            lock (gate)
            {
                while (!isDisposed && (filled == buffers.Length || nextIn == handedOut || failure is not null))
                    Monitor.Wait(gate);
                if (isDisposed) return;
                (position, buffer, seen) = (reading, nextIn, generation);
            }
            ExceptionDispatchInfo? caught = null;
            try
            {
                Fill(buffers[buffer], position);
            }
            catch (Exception problem)
            {
                caught = ExceptionDispatchInfo.Capture(problem);
            }
            lock (gate)
            {
                if (seen == generation)
                {
                    if (caught is not null) failure = caught;
                    else
                    {
                        reading = buffers[buffer].Next;
                        nextIn = (buffer + 1) % buffers.Length;
                        filled++;
                    }
                    Monitor.PulseAll(gate);
                }
            }
        }
    }

    void Fill(Batch batch, DataPosition at)
    {
        int first = at.Batch * at.Size;
        DataPosition next = at.Batch + 1 < BatchesPerEpoch ? at with { Batch = at.Batch + 1 }
            : at with { Epoch = at.Epoch + 1, Batch = 0 };
        Shuffle? order = at.Shuffled ? new Shuffle(data.Length, at.Seed, at.Epoch) : null;
        batch.Fill(data, order, first, Math.Min(at.Size, data.Length - first), next);
    }
}
