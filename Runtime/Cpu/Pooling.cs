namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Poolings of fp32 images and their gradients; an item is one plane, so results do not depend on threads.
/// </summary>
public static unsafe class Pooling
{
    const int SmallestShare = 1 << 14;      // elements a thread should at least get

    /// <summary>y = of each window the value at the first largest element of x.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="values">[Planes, Height, Width]; may be x.</param>
    /// <param name="y">[Planes, OutHeight, OutWidth].</param>
    public static void Pick(WorkerPool pool, in PoolingShape shape, float* x, float* values, float* y) =>
        pool.Run(new LargestOfWindows(shape, x, values, y, isSpread: false), shape.Planes, Grain(shape));

    /// <summary>dx = 0, but for each window its element of dy added at the first largest element of x.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="dy">[Planes, OutHeight, OutWidth].</param>
    /// <param name="dx">[Planes, Height, Width].</param>
    public static void Spread(WorkerPool pool, in PoolingShape shape, float* x, float* dy, float* dx) =>
        pool.Run(new LargestOfWindows(shape, x, dx, dy, isSpread: true), shape.Planes, Grain(shape));

    /// <summary>y = the mean of each window.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="y">[Planes, OutHeight, OutWidth].</param>
    public static void Average(WorkerPool pool, in PoolingShape shape, float* x, float* y) =>
        pool.Run(new MeansOfWindows(shape, x, y, isSpread: false), shape.Planes, Grain(shape));

    /// <summary>dx = each element of dy shared out among its window.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="dy">[Planes, OutHeight, OutWidth].</param>
    /// <param name="dx">[Planes, Height, Width].</param>
    public static void Share(WorkerPool pool, in PoolingShape shape, float* dy, float* dx) =>
        pool.Run(new MeansOfWindows(shape, dx, dy, isSpread: true), shape.Planes, Grain(shape));

    static int Grain(in PoolingShape shape) =>
        (int)System.Math.Max(1, SmallestShare / System.Math.Max(1, (long)shape.Height * shape.Width));
}
