import AsyncHTTPClient
import Hummingbird
import NIOCore
