using System;
using System.Collections.Generic;

namespace ModelCompiler.Infrastructure;

/// <summary>Remembers the latest results by value-equal keys; several threads may ask at once.</summary>
sealed class BoundedMemo<TKey, TValue>(int capacity) where TKey : notnull
{
    readonly object gate = new();
    readonly Dictionary<TKey, TValue> known = [];
    readonly Queue<TKey> order = new();

    public TValue Get(TKey key, Func<TKey, TValue> make)
    {
        lock (gate)
            if (known.TryGetValue(key, out TValue? found)) return found;
        return Add(key, make(key));
    }

    /// <summary>Remembers a result that came up elsewhere.</summary>
    /// <returns>What is remembered for the key: this, or what another thread was faster with.</returns>
    public TValue Add(TKey key, TValue value)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out TValue? other)) return other;
            if (known.Count >= capacity) known.Remove(order.Dequeue());
            known.Add(key, value);
            order.Enqueue(key);
            return value;
        }
    }
}
