namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Work that falls into numbered items, each of which can be done alone, by any thread, in any order.
/// </summary>
/// <example><code>
/// unsafe struct Negate : IWork
/// {
///     public float* x;   // [items]
///     public readonly void Run(int first, int last) { for (int i = first; i &lt; last; i++) x[i] = -x[i]; }
/// }
/// pool.Run(new Negate { x = x }, items, grain: 1024);
/// </code></example>
public interface IWork
{
    /// <summary>Does the items <paramref name="first"/> up to, but not including, <paramref name="last"/>.</summary>
    void Run(int first, int last);
}
