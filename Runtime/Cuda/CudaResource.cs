using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>
/// Owns one thing of the driver's, so that what nobody disposed of goes back when the collector finds it. It keeps its
/// context alive, and anything else it needs until then.
/// </summary>
sealed unsafe class CudaResource : SafeHandle
{
    readonly SafeHandle? owner;
    readonly SafeHandle? other;
    readonly delegate*<nint, nint, void> destroy;
    readonly nint argument;
    volatile bool isDisposed;

    /// <param name="context">That it belongs to; null for a context itself.</param>
    /// <param name="value">The handle; 0 makes an invalid one.</param>
    /// <param name="destroy">Gives it back; gets the handle and <paramref name="argument"/>.</param>
    /// <param name="argument">What giving it back needs besides.</param>
    /// <param name="other">What must live as long, such as the stream that memory was allocated on.</param>
    public CudaResource(CudaResource? context, nint value, delegate*<nint, nint, void> destroy, nint argument = 0,
        CudaResource? other = null) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        bool isAdded = false;
        context?.DangerousAddRef(ref isAdded);
        owner = context;
        other?.DangerousAddRef(ref isAdded);
        this.other = other;
        this.destroy = destroy;
        this.argument = argument;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The handle, for a call.</summary>
    /// <param name="user">Named in the exception.</param>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    public nint Of(object user)
    {
        ObjectDisposedException.ThrowIf(isDisposed, user);
        return handle;
    }

    /// <summary>What others hold stays open until they let go, but is not to be used any more.</summary>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        // The collector's thread has no context yet. What fails here has no one to tell, and after a device is lost
        // everything fails.
        if (owner is not null) _ = Driver.cuCtxSetCurrent(owner.DangerousGetHandle());
        destroy(handle, argument);
        other?.DangerousRelease();
        owner?.DangerousRelease();
        return true;
    }
}
