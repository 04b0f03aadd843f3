using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Convolutions and poolings.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>y = x convolved with the weights.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="weight">[outputs, channels / groups, kernel height, kernel width].</param>
    /// <param name="y">[batch, outputs, out height, out width].</param>
    protected void ConvolutionForward<T, TResult>(ConvolutionShape shape, T* x, T* weight, TResult* y)
        where T : unmanaged where TResult : unmanaged
    {
        if (isMeasuring) return;
        CudaConvolution.Forward(Library, stream, TypeOf<T>(), shape, (ulong)x, (ulong)weight, (ulong)y,
            resultType: TypeOf<TResult>());
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="dy">As y.</param>
    /// <param name="weight">As forward.</param>
    /// <param name="dx">As x.</param>
    protected void ConvolutionInputGradient<T, TResult>(ConvolutionShape shape, T* dy, T* weight, TResult* dx)
        where T : unmanaged where TResult : unmanaged
    {
        if (isMeasuring) return;
        CudaConvolution.InputGradient(Library, stream, TypeOf<T>(), shape, (ulong)dy, (ulong)weight, (ulong)dx,
            TypeOf<TResult>());
    }

    /// <summary>The gradient of the weights.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">As forward.</param>
    /// <param name="dy">As y.</param>
    /// <param name="gradient">As the weights.</param>
    protected void ConvolutionWeightGradient<T, TResult>(ConvolutionShape shape, T* x, T* dy, TResult* gradient)
        where T : unmanaged where TResult : unmanaged
    {
        ulong work = Scratch(CudaConvolution.ScratchBytes(shape, TypeOf<TResult>()));
        if (isMeasuring) return;
        CudaConvolution.WeightGradient(Library, stream, TypeOf<T>(), shape, (ulong)x, (ulong)dy, (ulong)gradient, work,
            TypeOf<TResult>());
    }

    /// <summary>The mean of each window.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[planes, height, width].</param>
    /// <param name="y">[planes, out height, out width].</param>
    protected void PoolingAverage<T>(PoolingShape shape, T* x, T* y) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaPooling.Average(Library, stream, TypeOf<T>(), shape, (ulong)x, (ulong)y);
    }

    /// <summary>The gradient of the means: each window's shared by its elements.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="dy">As y.</param>
    /// <param name="dx">As x.</param>
    protected void PoolingShare<T>(PoolingShape shape, T* dy, T* dx) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaPooling.Share(Library, stream, TypeOf<T>(), shape, (ulong)dy, (ulong)dx);
    }

    /// <summary>Of each window the value where x is largest.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[planes, height, width].</param>
    /// <param name="values">As x; x itself for the maximum.</param>
    /// <param name="y">[planes, out height, out width].</param>
    protected void PoolingPick<T>(PoolingShape shape, T* x, T* values, T* y) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaPooling.Pick(Library, stream, TypeOf<T>(), shape, (ulong)x, (ulong)values, (ulong)y);
    }

    /// <summary>The gradient of the maxima: each window's where x is largest.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">As forward.</param>
    /// <param name="dy">As y.</param>
    /// <param name="dx">As x.</param>
    protected void PoolingSpread<T>(PoolingShape shape, T* x, T* dy, T* dx) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaPooling.Spread(Library, stream, TypeOf<T>(), shape, (ulong)x, (ulong)dy, (ulong)dx);
    }
}
